package cordwood.loglet;

import cordwood.store.StoreException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Runs reads beside the workers, each on a virtual thread of its own, and bounds what they hold
 * together until their replies are taken. Thread-safe.
 */
final class ReaderPool implements AutoCloseable {

    private static final int READS_MAX = 4096;

    /** What a read may hold; grows as long as there is room for more. Belongs to the read. */
    final class Room {
        private long takenBytes;
        private long heldBytes;

        private Room(long takenBytes) {
            this.takenBytes = takenBytes;
        }

        /** Charges bytes of the heap to the read; false, and nothing is charged, without room. */
        boolean tryHold(long bytes) {
            return take(bytes, false);
        }

        /**
         * As {@link #tryHold}, for what an answer cannot do without: larger than all the room there
         * is, it is read when it is alone.
         *
         * @throws StoreException.Busy without room
         */
        void hold(long bytes) {
            if (!take(bytes, true)) {
                throw new StoreException.Busy(
                        "reads hold %,d bytes: no room for %,d more"
                                .formatted(budget.usedBytes(), bytes));
            }
        }

        private boolean take(long bytes, boolean passesAlone) {
            long moreBytes = heldBytes + bytes - takenBytes;
            if (moreBytes > 0) {
                boolean taken =
                        passesAlone
                                ? budget.tryAcquire(moreBytes, takenBytes)
                                : budget.tryAcquireWithin(moreBytes);
                if (!taken) {
                    return false;
                }
                takenBytes += moreBytes;
            }
            heldBytes += bytes;
            return true;
        }

        /** Forgets what was gathered. */
        void startOver() {
            heldBytes = 0;
        }

        private void giveBack() {
            budget.release(takenBytes);
        }
    }

    private final long readBytesMax;
    private final ByteBudget budget;
    private final Semaphore places = new Semaphore(READS_MAX);
    private final AtomicBoolean closed = new AtomicBoolean();

    ReaderPool(LogletOptions options) {
        this.readBytesMax = options.readBytesMax();
        this.budget = new ByteBudget(options.inFlightReadBytesMax());
    }

    /** The byte limit in force for a read that asks for {@code wanted}. */
    long byteLimit(long wanted) {
        return wanted == Request.GetRecords.NO_LIMIT
                ? readBytesMax
                : Math.min(wanted, readBytesMax);
    }

    /** Starts a read that gathers up to {@code byteLimit}; false when there is no room for it. */
    boolean tryStart(long byteLimit, Consumer<Room> read) {
        if (!places.tryAcquire()) {
            return false;
        }
        if (!budget.tryAcquire(byteLimit)) {
            places.release();
            return false;
        }
        boolean started = false;
        try {
            Room room = new Room(byteLimit);
            Thread.ofVirtual().name("loglet-read").start(() -> run(room, read));
            started = true;
        } finally {
            if (!started) {
                budget.release(byteLimit);
                places.release();
            }
        }
        return true;
    }

    private void run(Room room, Consumer<Room> read) {
        try {
            read.accept(room);
        } finally {
            room.giveBack();
            places.release();
        }
    }

    /** What reads have taken. */
    long usedBytes() {
        return budget.usedBytes();
    }

    /** Waits for the reads under way, and lets none start any more. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            places.acquireUninterruptibly(READS_MAX);
        }
    }
}
