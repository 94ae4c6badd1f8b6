package cordwood.memory.fault.inside;

import cordwood.memory.MemoryRefused;
import cordwood.memory.fault.Fault;
import cordwood.memory.fault.FaultThread;
import cordwood.memory.fault.SweepCase;
import cordwood.memory.fault.TrialGroup;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A fault that comes out of a round of one of the memory's own threads. */
record UpkeepCase(State state, boolean upkeep, boolean checked) implements SweepCase {

    /** A round that starts after the one aimed at: then that one has ended. */
    private static final int ROUNDS = 3;

    @Override
    public String name() {
        return (upkeep ? "upkeep, " : "the other thread, ") + state + (checked ? ", checked" : "");
    }

    @Override
    public boolean isBackground() {
        return true;
    }

    @Override
    public void run(Fault fault, long patienceNanos) throws InterruptedException {
        TrialGroup group = TrialGroup.current();
        Stand stand = new Stand(checked, 2, patienceNanos);
        AtomicInteger ticks = new AtomicInteger();
        stand.memory.addUpkeep(ticks::incrementAndGet);
        if (upkeep || group.hasOtherOwnThread()) {
            FaultThread.run(
                    name() + ", " + fault,
                    Fault.none(),
                    2 * patienceNanos,
                    () -> {
                        state.prepare(stand);
                        group.aim(fault, upkeep);
                        leaveWork(stand, fault);
                        long startNanos = System.nanoTime();
                        while (group.rounds() < ROUNDS && group.wakeAimedAt()) {
                            if (System.nanoTime() - startNanos > patienceNanos) {
                                throw new AssertionError("no round begins");
                            }
                            LockSupport.parkNanos(500_000);
                        }
                        group.stopAiming();
                        return true;
                    });
        }
        FaultThread.run(
                name() + ", " + fault + ": upkeep goes on",
                Fault.none(),
                2 * patienceNanos,
                () -> {
                    int seen = ticks.get();
                    long startNanos = System.nanoTime();
                    while (ticks.get() < seen + 2) {
                        if (System.nanoTime() - startNanos > patienceNanos) {
                            throw new AssertionError("upkeep has ended");
                        }
                        LockSupport.parkNanos(500_000);
                    }
                    return true;
                });
        new Invariants(stand, name() + ", " + fault, patienceNanos).check();
    }

    /**
     * Cells to take in, slabs and chunks to give back, and a reason to make chunks; what meets the
     * fault may be refused for it.
     */
    private static void leaveWork(Stand stand, Fault fault) throws InterruptedException {
        int start = stand.handleCount();
        stand.elsewhere(() -> {
            attempt(fault, () -> stand.allocate(stand.regions.isEmpty() ? 200 : 3, 200));
            for (int i = start; i < stand.handleCount(); i++) {
                stand.pool.free(stand.handle(i));
            }
        });
        if (stand.regions.isEmpty()) {
            attempt(
                    fault,
                    () -> stand.memory.chunks().region(stand.regionsAccount, 1 << 20).close());
        }
        stand.direct.tryReserve(stand.memory.budget().capBytes() + 1);
    }

    private static void attempt(Fault fault, Runnable step) {
        try {
            step.run();
        } catch (MemoryRefused _) {
            // An answer.
        } catch (Error error) {
            if (!fault.isLike(error) || fault.thrown() == 0) {
                throw error;
            }
        }
    }
}
