package cordwood.memory.fault.inside;

import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Region;
import cordwood.memory.fault.Fault;
import cordwood.memory.fault.FaultThread;
import cordwood.memory.fault.SweepCase;
import cordwood.memory.fault.TrialGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** What is promised for undisturbed operations, of which no Error shows anything. */
record Promise(String name, Operation.Step step) implements SweepCase {

    private static final int ROUNDS = Boolean.getBoolean("cordwood.long") ? 10 : 4;

    static final List<Promise> ALL =
            List.of(
                    new Promise("nothing in use, all can be had", Promise::haveAllAtOnce),
                    new Promise("close beside others", Promise::closeBesideOthers),
                    new Promise("retired cells come back", Promise::retireMuch),
                    new Promise("no caller takes chunks", Promise::takeAll));

    @Override
    public boolean isBackground() {
        return false;
    }

    @Override
    public boolean isPromise() {
        return true;
    }

    @Override
    public void run(Fault fault, long patienceNanos) throws InterruptedException {
        Stand stand = new Stand(false, 2, patienceNanos);
        FaultThread.run(
                name,
                fault,
                patienceNanos,
                () -> {
                    step.on(stand);
                    return true;
                });
        new Invariants(stand, name, patienceNanos).check();
    }

    private static void haveAllAtOnce(Stand stand) throws InterruptedException {
        long capBytes = stand.memory.budget().capBytes();
        for (int round = 0; round < ROUNDS; round++) {
            int start = stand.handleCount();
            fill(stand, 128 << (round % 4));
            int end = stand.handleCount();
            int middle = (start + end) / 2;
            stand.elsewhere(() -> free(stand, start, middle));
            free(stand, middle, end);
            stand.direct.reserve(capBytes);
            stand.direct.release(capBytes);
        }
    }

    private static void fill(Stand stand, int bytes) {
        try {
            while (true) {
                stand.keep(stand.pool.allocate(bytes));
            }
        } catch (MemoryRefused _) {
            // Full, as wanted.
        }
    }

    private static void free(Stand stand, int start, int end) {
        for (int i = start; i < end; i++) {
            stand.pool.free(stand.handle(i));
        }
    }

    /** More than the budget, which only comes back if retiring pays for what is due. */
    private static void retireMuch(Stand stand) {
        for (int i = 0; i < 100_000; i++) {
            stand.pool.retire(stand.pool.allocate(256));
        }
    }

    private static void takeAll(Stand stand) {
        int bytes = Stand.REGION_BYTES;
        for (int round = 0; round < ROUNDS; round++) {
            try {
                while (true) {
                    stand.keep(stand.memory.chunks().region(stand.regionsAccount, bytes));
                    stand.keep(stand.pool.allocate(200));
                }
            } catch (MemoryRefused _) {
                stand.regions.forEach(Region::close);
                stand.regions.clear();
            }
            bytes = bytes * 2 % (1 << 20) + 1;
        }
        if (TrialGroup.current().callerMappings() > 0) {
            throw new AssertionError("a caller took memory from the system");
        }
    }

    private static void closeBesideOthers(Stand unused) throws InterruptedException {
        for (int round = 0; round < 3 * ROUNDS; round++) {
            Memory memory = Memory.open(MemoryOptions.ofBudget(64L << 20));
            CountDownLatch begun = new CountDownLatch(2);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                threads.add(Thread.ofPlatform().daemon().start(() -> churn(memory, begun)));
            }
            begun.await();
            memory.close();
            for (Thread thread : threads) {
                thread.join();
            }
            long nativeBytes = memory.chunks().nativeBytes();
            long usedBytes = memory.budget().usedBytes();
            if (nativeBytes != 0 || usedBytes != 0 || memory.chunks().openRegions() != 0) {
                throw new AssertionError(
                        "after close %d native, %d used".formatted(nativeBytes, usedBytes));
            }
        }
    }

    /** Makes regions and closes them until refused for good. */
    private static void churn(Memory memory, CountDownLatch begun) {
        List<Region> regions = new ArrayList<>();
        begun.countDown();
        try {
            while (true) {
                try {
                    regions.add(memory.chunks().region(memory.budget().account("churn"), 3 << 20));
                } catch (MemoryRefused _) {
                    regions.forEach(Region::close);
                    regions.clear();
                }
            }
        } catch (IllegalStateException _) {
            regions.forEach(Region::close);
        }
    }
}
