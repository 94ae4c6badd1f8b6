package cordwood.bench.measure;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What the disk under a directory gives to a reader without any engine, nothing of it being in the
 * page cache. Both figures are medians of many steps.
 *
 * @param readMbPerSecond sequential reading, in 10^6 bytes a second
 * @param readMicros 4 KiB at a random place
 */
public record ReadFloor(double readMbPerSecond, double readMicros) {

    private static final int CHUNK_BYTES = 1 << 20;
    private static final int SEQUENTIAL_CHUNKS = 64;
    private static final int RANDOM_CHUNKS = 128;
    private static final int BLOCK_BYTES = 4 << 10;
    private static final int BLOCKS_PER_CHUNK = 2; // more would meet what was read ahead

    /**
     * Measures the disk under an existing directory: writes 192 MiB, drops the page cache, reads.
     */
    public static ReadFloor measure(Path directory, PageCache cache) {
        Disk disk = Disk.real();
        Path path = directory.resolve(DiskFloor.FILE_NAME);
        if (disk.exists(path)) {
            disk.delete(path); // left by a run that was killed
        }
        try (DiskFile file = disk.create(path)) {
            ByteBuffer chunk = noise();
            for (int i = 0; i < SEQUENTIAL_CHUNKS + RANDOM_CHUNKS; i++) {
                file.write((long) i * CHUNK_BYTES, chunk.rewind());
            }
            file.sync();
            cache.drop(directory);
            return new ReadFloor(sequential(file), random(file));
        } finally {
            if (disk.exists(path)) {
                disk.delete(path);
            }
        }
    }

    private static double sequential(DiskFile file) {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        double[] mbPerSecond = new double[SEQUENTIAL_CHUNKS];
        for (int i = 0; i < SEQUENTIAL_CHUNKS; i++) {
            long nanos = System.nanoTime();
            file.read((long) i * CHUNK_BYTES, chunk.clear());
            nanos = System.nanoTime() - nanos;
            mbPerSecond[i] = CHUNK_BYTES * 1e3 / nanos;
        }
        return median(mbPerSecond);
    }

    private static double random(DiskFile file) {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        SplittableRandom places = new SplittableRandom(1);
        double[] micros = new double[RANDOM_CHUNKS * BLOCKS_PER_CHUNK];
        for (int i = 0; i < micros.length; i++) {
            long offsetBytes =
                    (SEQUENTIAL_CHUNKS + places.nextLong(RANDOM_CHUNKS)) * CHUNK_BYTES
                            + places.nextLong(CHUNK_BYTES / BLOCK_BYTES) * BLOCK_BYTES;
            long nanos = System.nanoTime();
            file.read(offsetBytes, block.clear());
            micros[i] = (System.nanoTime() - nanos) / 1e3;
        }
        return median(micros);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static ByteBuffer noise() {
        byte[] noise = new byte[CHUNK_BYTES];
        new SplittableRandom(1).nextBytes(noise);
        return ByteBuffer.wrap(noise);
    }
}
