package cordwood.loglet;

import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A view of a record's value: points at one record at a time, and copies its body only when asked
 * to. Confined to one thread.
 */
final class RecordDecoder {

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final long logletId;

    private MemorySegment value = MemorySegment.NULL;
    private long offset;
    private int bodyOffset;
    private Keys keys = Keys.NONE;
    private long createdAtNanos;

    RecordDecoder(long logletId) {
        this.logletId = logletId;
    }

    /**
     * Points the view at a value, which must stay valid until the next call.
     *
     * @throws StoreException.Corrupt when it is not a record's value
     */
    void wrap(long offset, MemorySegment value) {
        this.offset = offset;
        this.value = value;
        requireBytes(RecordDescriptor.HEADER_BYTES_MIN, "header");
        int version = unsignedByte(RecordDescriptor.VERSION_OFFSET);
        if (version != RecordDescriptor.FORMAT_VERSION) {
            throw corrupt("format version %d, expected %d", version, 1);
        }
        int keyStyle = unsignedByte(RecordDescriptor.KEY_STYLE_OFFSET);
        if (RecordDescriptor.keyCount(keyStyle) < 0) {
            throw corrupt("key style %d, expected at most %d", keyStyle, 3);
        }
        requireBytes(RecordDescriptor.headerBytes(keyStyle), "header");
        keys = decodeKeys(keyStyle);
        createdAtNanos = value.get(LONG, RecordDescriptor.createdAtOffset(keyStyle));
        bodyOffset = RecordDescriptor.headerBytes(keyStyle) + extensionBytes(keyStyle);
        requireBytes(bodyOffset, "extended header");
    }

    private Keys decodeKeys(int keyStyle) {
        return switch (keyStyle) {
            case RecordDescriptor.KEY_STYLE_NONE -> Keys.NONE;
            case RecordDescriptor.KEY_STYLE_SINGLE -> new Keys.Single(key(0));
            case RecordDescriptor.KEY_STYLE_PAIR -> new Keys.Pair(key(0), key(1));
            default -> {
                if (Long.compareUnsigned(key(0), key(1)) > 0) {
                    throw corrupt("a key range from %d down to %d", key(0), key(1));
                }
                yield new Keys.Range(key(0), key(1));
            }
        };
    }

    private long key(int index) {
        return value.get(
                LONG, RecordDescriptor.KEYS_OFFSET + (long) index * RecordDescriptor.KEY_BYTES);
    }

    private int extensionBytes(int keyStyle) {
        int flags = Short.toUnsignedInt(value.get(SHORT, RecordDescriptor.flagsOffset(keyStyle)));
        if ((flags & ~RecordDescriptor.FLAG_EXTENDED_HEADER) != 0) {
            throw corrupt("flags %#x, expected 0 or %#x", flags, 2);
        }
        if (flags == 0) {
            return 0;
        }
        int lengthOffset = RecordDescriptor.headerBytes(keyStyle);
        requireBytes(lengthOffset + RecordDescriptor.EXTENSION_LENGTH_BYTES, "extended header");
        return RecordDescriptor.EXTENSION_LENGTH_BYTES + unsignedByte(lengthOffset);
    }

    Keys keys() {
        return keys;
    }

    /** The record, with a copy of its body. */
    LogRecord record() {
        byte[] body = value.asSlice(bodyOffset).toArray(ValueLayout.JAVA_BYTE);
        return new LogRecord(createdAtNanos, keys, MemorySegment.ofArray(body));
    }

    private int unsignedByte(long at) {
        return Byte.toUnsignedInt(value.get(ValueLayout.JAVA_BYTE, at));
    }

    private void requireBytes(long bytes, String what) {
        if (value.byteSize() < bytes) {
            throw corrupt(what + " cut off after %d of %d bytes", value.byteSize(), bytes);
        }
    }

    private StoreException.Corrupt corrupt(String text, Object found, Object expected) {
        return new StoreException.Corrupt(
                "record %d of loglet %s: ".formatted(offset, Long.toUnsignedString(logletId))
                        + text.formatted(found, expected),
                null);
    }
}
