package cordwood.memory.pool;

import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Region;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/**
 * A process that fills a budget and empties it again and again, with regions and with cells in
 * turn, in sizes that change, and tells what it occupies when its threads have ended.
 */
final class CycleProbe {

    private static final long SEED = Long.getLong("cordwood.seed", 20_261_128);
    private static final long PAGE_BYTES = 4096;

    /** Handles of all threads together: what the heap has room for. */
    private static final int HANDLES_MAX = 3 << 20;

    /** In a large budget, most cycles fill this much, and every so many-th all of it. */
    private static final long USUAL_BYTES = 32L << 20;

    private static final int FULL_EVERY = 20;

    /** Threads are replaced so often. */
    private static final int TEAMS = 10;

    private static final int CELL_BYTES_MIN = 16;
    private static final int CELL_BYTES_MAX = 64 << 10;
    private static final int REGION_BYTES_MAX = 4 << 20;

    private final long budgetBytes;
    private final int threads;
    private final Memory memory;
    private final SmallPool pool;
    private final Account account;
    private final long[][] handles;
    private final int[] counts;
    private final List<List<Region>> regions = new ArrayList<>();

    private CycleProbe(long budgetBytes, int threads) {
        this.budgetBytes = budgetBytes;
        this.threads = threads;
        this.memory = Memory.open(MemoryOptions.ofBudget(budgetBytes));
        this.pool = SmallPool.open(memory, PoolOptions.defaults());
        this.account = memory.budget().account("regions");
        this.handles = new long[threads][HANDLES_MAX / threads];
        this.counts = new int[threads];
        for (int i = 0; i < threads; i++) {
            regions.add(new ArrayList<>());
        }
    }

    /** The words are the budget in MiB, how many threads, how many cycles. */
    public static void main(String[] words) throws InterruptedException {
        long budgetBytes = Long.parseLong(words[0]) << 20;
        CycleProbe probe = new CycleProbe(budgetBytes, Integer.parseInt(words[1]));
        probe.pool.free(probe.pool.allocate(1));
        int cycles = Integer.parseInt(words[2]);
        long startBytes = ResidentSet.bytes();
        for (int team = 0; team < TEAMS; team++) {
            probe.run(cycles * team / TEAMS, cycles * (team + 1) / TEAMS);
        }
        long endBytes = ResidentSet.bytes();
        print("start", startBytes);
        print("end", endBytes);
        print("peak_used", probe.memory.budget().peakBytes());
        print("used", probe.memory.budget().usedBytes());
        probe.pool.close();
        probe.memory.close();
    }

    /** Some cycles on threads of their own. */
    private void run(int firstCycle, int endCycle) throws InterruptedException {
        CyclicBarrier barrier = new CyclicBarrier(threads);
        List<Thread> team = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            team.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int cycle = firstCycle; cycle < endCycle; cycle++) {
                                    fill(number, cycle);
                                    await(barrier);
                                    // In every other cycle, what somebody else has allocated.
                                    empty((number + cycle / 2) % threads);
                                    await(barrier);
                                }
                            }));
        }
        for (Thread thread : team) {
            thread.join();
        }
    }

    private void fill(int number, int cycle) {
        boolean full = cycle % FULL_EVERY < 2;
        long wantedBytes = (full ? budgetBytes : Math.min(USUAL_BYTES, budgetBytes)) / threads;
        SplittableRandom random = new SplittableRandom(SEED + (long) cycle * threads + number);
        try {
            if (cycle % 2 == 0) {
                fillByRegions(number, wantedBytes, random);
            } else {
                fillByCells(number, cycle, wantedBytes, random);
            }
        } catch (MemoryRefused _) {
            // The others have the rest.
        }
    }

    private void fillByRegions(int number, long wantedBytes, SplittableRandom random) {
        long bytes = 0;
        long mostBytes = Math.min(REGION_BYTES_MAX, Math.max(64 << 10, wantedBytes / 2));
        while (bytes < wantedBytes) {
            Region region = memory.chunks().region(account, random.nextLong(1, mostBytes + 1));
            regions.get(number).add(region);
            for (long at = 0; at < region.sizeBytes(); at += PAGE_BYTES) {
                region.memory().set(ValueLayout.JAVA_BYTE, at, (byte) 1);
            }
            bytes += region.chargedBytes();
        }
    }

    private void fillByCells(int number, int cycle, long wantedBytes, SplittableRandom random) {
        // Sizes change from cycle to cycle, and are such that the handles are enough.
        int least = CELL_BYTES_MIN << (cycle / 2 % 12);
        long needed = wantedBytes / handles[number].length * 2;
        int cellBytes = (int) Math.min(CELL_BYTES_MAX, Math.max(least, needed));
        long bytes = 0;
        while (bytes < wantedBytes && counts[number] < handles[number].length) {
            int size = random.nextInt(cellBytes, cellBytes * 2);
            long handle = pool.allocate(size);
            pool.view(handle).set(ValueLayout.JAVA_BYTE, size - 1, (byte) 1);
            handles[number][counts[number]++] = handle;
            bytes += size;
        }
    }

    private void empty(int number) {
        for (int i = 0; i < counts[number]; i++) {
            pool.free(handles[number][i]);
        }
        counts[number] = 0;
        regions.get(number).forEach(Region::close);
        regions.get(number).clear();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void print(String name, long value) {
        System.out.println(name + "=" + value);
    }
}
