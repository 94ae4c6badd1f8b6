package cordwood.bench.measure;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What the disk under a directory gives without any engine. Both figures are medians of many steps,
 * so that one hiccup does not move them.
 *
 * @param writeMbPerSecond sequential writing with a sync every 16 MiB, in 10^6 bytes a second
 * @param syncMicros a 5 KiB write into a preallocated file and its sync
 */
public record DiskFloor(double writeMbPerSecond, double syncMicros) {

    /** The file the floor is measured on; it is gone afterwards. */
    public static final String FILE_NAME = "cordwood-floor.tmp";

    private static final int CHUNK_BYTES = 1 << 20;
    private static final int CHUNKS_PER_STEP = 16;
    private static final int STEPS = 16;
    private static final long WRITE_NANOS_MAX = 3_000_000_000L;

    private static final int RECORD_BYTES = 5 << 10;
    private static final int SYNCS = 512;
    private static final int WARMUP_SYNCS = 32;
    private static final long SYNC_NANOS_MAX = 2_000_000_000L;

    /**
     * Measures the disk under an existing directory: writes up to 256 MiB, a few seconds at most.
     */
    public static DiskFloor measure(Path directory) {
        Disk disk = Disk.real();
        Path path = directory.resolve(FILE_NAME);
        if (disk.exists(path)) {
            disk.delete(path); // left by a run that was killed
        }
        try (DiskFile file = disk.create(path)) {
            double writeMbPerSecond = measureWrite(file);
            double syncMicros = measureSync(file);
            return new DiskFloor(writeMbPerSecond, syncMicros);
        } finally {
            if (disk.exists(path)) {
                disk.delete(path);
            }
        }
    }

    private static double measureWrite(DiskFile file) {
        ByteBuffer chunk = noise(CHUNK_BYTES);
        List<Double> stepsMbPerSecond = new ArrayList<>();
        long begunNanos = System.nanoTime();
        long offsetBytes = 0;
        while (stepsMbPerSecond.size() < STEPS
                && System.nanoTime() - begunNanos < WRITE_NANOS_MAX) {
            long stepNanos = System.nanoTime();
            for (int i = 0; i < CHUNKS_PER_STEP; i++) {
                file.write(offsetBytes, chunk.rewind());
                offsetBytes += CHUNK_BYTES;
            }
            file.sync();
            stepNanos = System.nanoTime() - stepNanos;
            stepsMbPerSecond.add((double) CHUNK_BYTES * CHUNKS_PER_STEP * 1_000 / stepNanos);
        }
        return median(stepsMbPerSecond);
    }

    /** Overwrites the space that {@link #measureWrite} has written, as a recycled log would. */
    private static double measureSync(DiskFile file) {
        ByteBuffer record = noise(RECORD_BYTES);
        List<Double> micros = new ArrayList<>();
        long begunNanos = System.nanoTime();
        for (int i = 0;
                i < WARMUP_SYNCS + SYNCS && System.nanoTime() - begunNanos < SYNC_NANOS_MAX;
                i++) {
            long nanos = System.nanoTime();
            file.write((long) i * RECORD_BYTES, record.rewind());
            file.sync();
            nanos = System.nanoTime() - nanos;
            if (i >= WARMUP_SYNCS || micros.isEmpty()) {
                micros.add(nanos / 1_000.0);
            }
        }
        return median(micros);
    }

    private static ByteBuffer noise(int bytes) {
        byte[] noise = new byte[bytes];
        new SplittableRandom(1).nextBytes(noise);
        return ByteBuffer.wrap(noise);
    }

    private static double median(List<Double> values) {
        Collections.sort(values);
        return values.get(values.size() / 2);
    }
}
