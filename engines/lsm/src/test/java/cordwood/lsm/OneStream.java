package cordwood.lsm;

import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A stream of a store that refuses puts where it has no room, and what must be in it. Fails as soon
 * as a record that was acknowledged is missing, or room that was made is not used.
 */
final class OneStream {

    private static final Space SPACE = new Space(3, "test");
    private static final int REFUSALS_IN_A_ROW = 20;
    private static final long RESUME_NANOS_MAX = TimeUnit.MINUTES.toNanos(2);

    private final SplittableRandom random;
    private final int valueBytes;
    private long first;
    private long next;

    /** An empty one, with records of a size that is drawn. */
    OneStream(SplittableRandom random) {
        this.random = random;
        this.valueBytes = random.nextInt(100, 6_000);
    }

    /** The position that is put next. */
    long next() {
        return next;
    }

    /** Records that are there. */
    long count() {
        return next - first;
    }

    /** Puts one record. */
    void put(LsmStore store) {
        try (WriteBatch batch = store.newBatch()) {
            batch.put(SPACE, 1, next, Bytes.random(next, valueBytes));
            store.append(batch, Durability.DURABLE).await();
            next++;
        }
    }

    /** Until it is refused for good, for that reason: what is flushed may make room once more. */
    void fill(LsmStore store, String reason) {
        int refusals = 0;
        while (refusals < REFUSALS_IN_A_ROW) {
            try {
                put(store);
                refusals = 0;
            } catch (StoreException.Full e) {
                if (!String.valueOf(e.getMessage()).contains(reason)) {
                    throw e;
                }
                refusals++;
                LockSupport.parkNanos(2_000_000);
            }
        }
    }

    /** Trims all but the last record, or that one, too. */
    void trim(LsmStore store) {
        trim(store, next - 1 - random.nextInt(2));
    }

    /** Trims up to a position. */
    void trim(LsmStore store, long to) {
        try (WriteBatch batch = store.newBatch()) {
            batch.trim(SPACE, 1, to);
            store.append(batch, Durability.DURABLE).await();
            first = to + 1;
        }
    }

    /** Writes as soon as it is possible again; how long that took. */
    long resumedMillis(LsmStore store) {
        long startNanos = System.nanoTime();
        while (true) {
            long nanos = System.nanoTime() - startNanos;
            try {
                put(store);
                return TimeUnit.NANOSECONDS.toMillis(nanos);
            } catch (StoreException.Full e) {
                if (nanos > RESUME_NANOS_MAX) {
                    throw e;
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /** Sees to it that what was acknowledged and not trimmed is there, and nothing else. */
    void requireAll(LsmStore store) {
        long position = first;
        try (Cursor cursor = store.read(SPACE, 1, Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD)) {
            while (cursor.next()) {
                if (cursor.position() != position
                        || cursor.value().mismatch(Bytes.random(position, valueBytes)) != -1) {
                    throw new AssertionError(cursor.position() + " where " + position + " was put");
                }
                position++;
            }
        }
        if (position != next) {
            throw new AssertionError("ends before " + position + " and not before " + next);
        }
    }
}
