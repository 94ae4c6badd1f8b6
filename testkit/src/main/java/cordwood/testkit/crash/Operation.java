package cordwood.testkit.crash;

import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/** One thing a batch does, without the bytes: those follow from the tag. */
sealed interface Operation {

    StreamKey key();

    void addTo(WriteBatch batch);

    /** A record whose value follows from its tag. */
    record Put(StreamKey key, long position, long tag, int valueBytes, long digest)
            implements Operation {
        Put(StreamKey key, long position, long tag, int valueBytes) {
            this(key, position, tag, valueBytes, Digests.value(value(tag, valueBytes)));
        }

        @Override
        public void addTo(WriteBatch batch) {
            batch.put(key.space(), key.stream(), position, value(tag, valueBytes));
        }
    }

    /** A trim. */
    record Trim(StreamKey key, long to) implements Operation {
        @Override
        public void addTo(WriteBatch batch) {
            batch.trim(key.space(), key.stream(), to);
        }
    }

    /** An attribute whose value follows from its tag. */
    record Attribute(StreamKey key, int id, long tag, int valueBytes, long digest)
            implements Operation {
        Attribute(StreamKey key, int id, long tag, int valueBytes) {
            this(key, id, tag, valueBytes, Digests.value(value(tag, valueBytes)));
        }

        @Override
        public void addTo(WriteBatch batch) {
            batch.attribute(key.space(), key.stream(), id, value(tag, valueBytes));
        }
    }

    /** The bytes that belong to a tag; half of them random, half repeating. */
    static MemorySegment value(long tag, int valueBytes) {
        byte[] bytes = new byte[valueBytes];
        SplittableRandom random = new SplittableRandom(tag);
        int noise = (valueBytes + 1) / 2;
        for (int i = 0; i < noise; i += Long.BYTES) {
            long word = random.nextLong();
            for (int j = i; j < Math.min(noise, i + Long.BYTES); j++, word >>>= 8) {
                bytes[j] = (byte) word;
            }
        }
        System.arraycopy(bytes, 0, bytes, noise, valueBytes - noise);
        return MemorySegment.ofArray(bytes);
    }
}
