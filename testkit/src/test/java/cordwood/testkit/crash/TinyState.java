package cordwood.testkit.crash;

import cordwood.store.StreamBounds;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Everything a {@link TinyStore} holds, as operations in the form of {@link TinyBatch}. */
final class TinyState {

    static final int PUT = 1;
    static final int TRIM = 2;
    static final int ATTRIBUTE = 3;

    record Key(int space, long stream) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int bySpace = Integer.compare(space, other.space);
            return bySpace != 0 ? bySpace : Long.compare(stream, other.stream);
        }
    }

    static final class Stream {
        final NavigableMap<Long, byte[]> records = new TreeMap<>();
        final Map<Integer, byte[]> attributes = new TreeMap<>();
        long trimmedTo = StreamBounds.NEVER_TRIMMED;
    }

    final NavigableMap<Key, Stream> streams = new TreeMap<>();

    void apply(ByteBuffer operations) {
        while (operations.hasRemaining()) {
            int kind = operations.get();
            Key key = new Key(operations.get() & 0xFF, operations.getLong());
            long position = operations.getLong();
            byte[] value = new byte[operations.getInt()];
            operations.get(value);
            Stream stream = streams.computeIfAbsent(key, _ -> new Stream());
            switch (kind) {
                case PUT -> {
                    if (stream.trimmedTo == StreamBounds.NEVER_TRIMMED
                            || position > stream.trimmedTo) {
                        stream.records.put(position, value);
                    }
                }
                case TRIM -> {
                    stream.trimmedTo = Math.max(stream.trimmedTo, position);
                    stream.records.headMap(stream.trimmedTo, true).clear();
                }
                case ATTRIBUTE -> stream.attributes.put((int) position, value);
                default -> throw new IllegalArgumentException("operation " + kind);
            }
        }
    }

    byte[] encoded(boolean withTrims) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        streams.forEach((key, stream) -> {
            if (withTrims && stream.trimmedTo != StreamBounds.NEVER_TRIMMED) {
                write(out, TRIM, key, stream.trimmedTo, new byte[0]);
            }
            stream.records.forEach((position, v) -> write(out, PUT, key, position, v));
            stream.attributes.forEach((id, v) -> write(out, ATTRIBUTE, key, id, v));
        });
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, int kind, Key key, long position, byte[] v) {
        try {
            out.writeByte(kind);
            out.writeByte(key.space);
            out.writeLong(key.stream);
            out.writeLong(position);
            out.writeInt(v.length);
            out.write(v);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
