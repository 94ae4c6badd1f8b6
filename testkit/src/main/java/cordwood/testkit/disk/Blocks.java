package cordwood.testkit.disk;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The bytes of a file in blocks, null for zeros. Content past the length is zero. */
final class Blocks {

    static final byte[] ZEROS = new byte[FileImage.BLOCK_BYTES];

    private byte[] @Nullable [] blocks = new byte[0][];
    long sizeBytes;

    int count() {
        return blocks.length;
    }

    byte @Nullable [] get(int index) {
        return index < blocks.length ? blocks[index] : null;
    }

    void set(int index, byte @Nullable [] block) {
        if (index >= blocks.length) {
            if (block == null) {
                return;
            }
            blocks = Arrays.copyOf(blocks, Math.max(index + 1, blocks.length * 2));
        }
        blocks[index] = block;
    }

    /** Sets the length; bytes past it become zeros. */
    void resize(long newBytes) {
        if (newBytes < sizeBytes) {
            int in = (int) (newBytes % FileImage.BLOCK_BYTES);
            int firstGone = Math.toIntExact(Math.ceilDiv(newBytes, FileImage.BLOCK_BYTES));
            for (int i = firstGone; i < blocks.length; i++) {
                blocks[i] = null;
            }
            byte[] last = in == 0 ? null : get(firstGone - 1);
            if (last != null) {
                byte[] cut = last.clone();
                Arrays.fill(cut, in, cut.length, (byte) 0);
                blocks[firstGone - 1] = cut;
            }
        }
        sizeBytes = newBytes;
    }

    Blocks copy() {
        Blocks copy = new Blocks();
        copy.blocks = blocks.clone();
        copy.sizeBytes = sizeBytes;
        return copy;
    }

    long fingerprint() {
        long hash = sizeBytes;
        for (int i = 0; i < blocks.length; i++) {
            byte[] block = blocks[i];
            if (block != null && !Arrays.equals(block, ZEROS)) {
                hash = hash * 0x9E3779B97F4A7C15L + i * 31L + Arrays.hashCode(block);
            }
        }
        return hash;
    }
}
