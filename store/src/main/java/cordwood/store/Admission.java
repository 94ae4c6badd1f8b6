package cordwood.store;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * How much may be under way in a committer. Waiters are served in the order they came.
 *
 * <p>One budget bounds bytes and batches: each batch is charged at least the share that lets no
 * more than the permitted number of batches in, and at most all there is: then it is let in alone.
 */
final class Admission {

    private static final int UNIT_BYTES = 64;

    private final Semaphore units;
    private final int unitsMax;
    private final long chargeBytesMin;
    private final LongAdder waitNanos = new LongAdder();
    private final LongAdder refusals = new LongAdder();

    Admission(GroupCommitter.Limits limits) {
        unitsMax = Math.clamp(limits.inFlightBytesMax() / UNIT_BYTES, 1, Integer.MAX_VALUE);
        units = new Semaphore(unitsMax, true);
        chargeBytesMin = (long) Math.ceilDiv(unitsMax, limits.inFlightBatchesMax()) * UNIT_BYTES;
    }

    /** What a batch of this footprint is charged, a multiple of the unit. */
    long charge(long footprintBytes) {
        long bytes = Math.clamp(footprintBytes, chargeBytesMin, bytesMax());
        return Math.ceilDiv(bytes, UNIT_BYTES) * UNIT_BYTES;
    }

    private long bytesMax() {
        return (long) unitsMax * UNIT_BYTES;
    }

    /**
     * Takes the charged bytes, waiting at most {@code waitNanosMax}.
     *
     * @throws StoreException.Busy when there was no room in time, or the waiting thread was
     *     interrupted
     */
    void acquire(long chargedBytes, long waitNanosMax) {
        int wanted = (int) (chargedBytes / UNIT_BYTES);
        if (units.getQueueLength() == 0 && units.tryAcquire(wanted)) {
            return;
        }
        if (waitNanosMax > 0 && waitFor(wanted, waitNanosMax)) {
            return;
        }
        refusals.increment();
        throw new StoreException.Busy(
                "%,d of %,d bytes are in flight: no room for %,d more"
                        .formatted(inFlightBytes(), bytesMax(), chargedBytes));
    }

    private boolean waitFor(int wanted, long waitNanosMax) {
        StackRoom.require(); // who is queued and does not wait lets nobody pass
        long startNanos = System.nanoTime();
        try {
            return units.tryAcquire(wanted, waitNanosMax, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waitNanos.add(System.nanoTime() - startNanos);
        }
    }

    void release(long chargedBytes) {
        units.release((int) (chargedBytes / UNIT_BYTES));
    }

    long inFlightBytes() {
        return (long) (unitsMax - units.availablePermits()) * UNIT_BYTES;
    }

    long waitNanos() {
        return waitNanos.sum();
    }

    long refusals() {
        return refusals.sum();
    }
}
