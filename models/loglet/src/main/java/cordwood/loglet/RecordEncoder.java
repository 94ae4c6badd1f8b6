package cordwood.loglet;

import java.lang.foreign.MemorySegment;

/** Writes the part of a record's value that stands before its body. Confined to one thread. */
final class RecordEncoder {

    private final byte[] bytes = new byte[RecordDescriptor.HEADER_BYTES_MAX];
    private final MemorySegment[] headers = new MemorySegment[RecordDescriptor.KEY_STYLE_RANGE + 1];

    RecordEncoder() {
        bytes[RecordDescriptor.VERSION_OFFSET] = RecordDescriptor.FORMAT_VERSION;
        MemorySegment all = MemorySegment.ofArray(bytes);
        for (int keyStyle = 0; keyStyle < headers.length; keyStyle++) {
            headers[keyStyle] = all.asSlice(0, RecordDescriptor.headerBytes(keyStyle));
        }
    }

    /** The header of a record: owned by the encoder, valid until the next call. */
    MemorySegment header(LogRecord record) {
        int keyStyle =
                switch (record.keys()) {
                    case Keys.None _ -> RecordDescriptor.KEY_STYLE_NONE;
                    case Keys.Single(long key) -> {
                        keys(key, 0);
                        yield RecordDescriptor.KEY_STYLE_SINGLE;
                    }
                    case Keys.Pair(long first, long second) -> {
                        keys(first, second);
                        yield RecordDescriptor.KEY_STYLE_PAIR;
                    }
                    case Keys.Range(long low, long high) -> {
                        keys(low, high);
                        yield RecordDescriptor.KEY_STYLE_RANGE;
                    }
                };
        bytes[RecordDescriptor.KEY_STYLE_OFFSET] = (byte) keyStyle;
        RecordDescriptor.SHORT.set(bytes, RecordDescriptor.flagsOffset(keyStyle), (short) 0);
        RecordDescriptor.LONG.set(
                bytes, RecordDescriptor.createdAtOffset(keyStyle), record.createdAtNanos());
        return headers[keyStyle];
    }

    /** Both keys; of a style with one the second is overwritten by what follows. */
    private void keys(long first, long second) {
        RecordDescriptor.LONG.set(bytes, RecordDescriptor.KEYS_OFFSET, first);
        RecordDescriptor.LONG.set(
                bytes, RecordDescriptor.KEYS_OFFSET + RecordDescriptor.KEY_BYTES, second);
    }
}
