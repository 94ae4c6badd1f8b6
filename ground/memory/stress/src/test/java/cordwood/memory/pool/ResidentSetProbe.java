package cordwood.memory.pool;

import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * A process that fills a pool in two phases, frees some of it, fills it again, and prints what it
 * occupies. Its heap is touched in advance, so that what changes is off-heap memory.
 */
final class ResidentSetProbe {

    private static final long SEED = Long.getLong("cordwood.seed", 20_261_121);
    private static final int PHASES = 2;
    private static final long PHASE_BYTES = 320L << 20;
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final int BYTES_MIN = 16;
    private static final int BYTES_MAX = 256;
    private static final Pattern OTHER = Pattern.compile("Other \\(reserved=(\\d+)");

    private final Memory memory = Memory.open(MemoryOptions.ofBudget(2L << 30));
    private final SmallPool pool = SmallPool.open(memory, PoolOptions.defaults());
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final long[] handles =
            new long[(int) (PHASES * PHASE_BYTES / ((BYTES_MIN + BYTES_MAX) / 2) * 11 / 10)];
    private final int[] phaseEnds = new int[PHASES];
    private int count;
    private long liveBytes;

    private ResidentSetProbe() {}

    /** The word says what is freed: all, most of one phase, or as many cells anywhere. */
    public static void main(String[] words) throws Exception {
        new ResidentSetProbe().run(words[0]);
    }

    private void run(String freed) throws JMException, InterruptedException {
        pool.free(pool.allocate(1));
        long rssBefore = ResidentSet.bytes();
        long unaccounted = otherNativeBytes() - memory.budget().usedBytes();
        for (int phase = 0; phase < PHASES; phase++) {
            fill(liveBytes + PHASE_BYTES);
            phaseEnds[phase] = count;
        }
        print("full_live", liveBytes);
        print("full_rss", ResidentSet.bytes() - rssBefore);
        print("full_off_by", offByBytes(unaccounted));
        switch (freed) {
            case "all" -> free(0, count, 1);
            case "phase" -> freeMostOfOnePhase();
            case "cells" -> free(0, count, 0.5 * 0.9);
            default -> throw new IllegalArgumentException(freed);
        }
        long startNanos = System.nanoTime();
        long rssBytes = ResidentSet.bytes() - rssBefore;
        boolean goesBack = !freed.equals("cells");
        while (goesBack
                && rssBytes > liveBytes * 5 / 4
                && System.nanoTime() - startNanos < PATIENCE_NANOS) {
            Thread.sleep(20);
            rssBytes = ResidentSet.bytes() - rssBefore;
        }
        print("live", liveBytes);
        print("rss", rssBytes);
        print("millis", (System.nanoTime() - startNanos) / 1_000_000);
        print("off_by", offByBytes(unaccounted));
        fill(PHASES * PHASE_BYTES);
        print("refilled_rss", ResidentSet.bytes() - rssBefore);
    }

    private void fill(long untilLiveBytes) {
        while (liveBytes < untilLiveBytes) {
            while (count < handles.length && handles[count] != 0) {
                count++;
            }
            if (count == handles.length) {
                count = 0;
                continue;
            }
            long handle = pool.allocate(random.nextInt(BYTES_MIN, BYTES_MAX + 1));
            pool.view(handle).fill((byte) 1);
            liveBytes += pool.cellBytes(handle);
            handles[count++] = handle;
        }
    }

    private void freeMostOfOnePhase() {
        int phase = random.nextInt(PHASES);
        int start = phase == 0 ? 0 : phaseEnds[phase - 1];
        free(start, start + (phaseEnds[phase] - start) / 10 * 9, 1);
    }

    private void free(int start, int end, double share) {
        for (int i = start; i < end; i++) {
            if (random.nextDouble() < share) {
                liveBytes -= pool.cellBytes(handles[i]);
                pool.free(handles[i]);
                handles[i] = 0;
            }
        }
    }

    /**
     * By how much the JVM's count and the budget's differ: read again until they agree, since a
     * chunk that is being made or given back is in one of them for an instant.
     */
    private long offByBytes(long unaccounted) throws JMException, InterruptedException {
        long startNanos = System.nanoTime();
        long bytes;
        do {
            Thread.sleep(20);
            bytes = otherNativeBytes() - unaccounted - memory.budget().usedBytes();
        } while (bytes != 0 && System.nanoTime() - startNanos < PATIENCE_NANOS);
        return bytes;
    }

    /** What the JVM counts as native memory taken by Java code. */
    private static long otherNativeBytes() throws JMException {
        Object report =
                ManagementFactory.getPlatformMBeanServer()
                        .invoke(
                                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                "vmNativeMemory",
                                new Object[] {new String[] {"summary", "scale=b"}},
                                new String[] {String[].class.getName()});
        Matcher other = OTHER.matcher((String) report);
        if (!other.find()) {
            throw new IllegalStateException("no such line in " + report);
        }
        return Long.parseLong(other.group(1));
    }

    private static void print(String name, long value) {
        System.out.println(name + "=" + value);
    }
}
