package cordwood.memory.pool;

import cordwood.memory.epoch.Epochs;
import cordwood.memory.stack.StackRoom;
import org.jspecify.annotations.Nullable;

/** Cells waiting until no pin can see them. */
final class RetiredCells {

    /*
     * Two generations: `open` takes what is retired; the other one, closed, has a stamp which is
     * later than all its cells' unlinking. Once the horizon is beyond it the closed cells are freed,
     * and when none is left the generations change places. So a cell waits for the pins of at most
     * two generations, and waiting costs one stamp and no memory beyond the cell.
     *
     * A cell taken off its list is the taker's, on the taker's stack, until it is freed or put back.
     * That it does not get lost there is why room on the stack is required before, why nothing is
     * allocated in between, and why what cannot be freed now goes back to the open generation. Cells
     * are freed outside the lock; inside it, calls come before the first change of a field.
     */

    /** Retiring this many makes a share of the backlog due, */
    private static final int CELLS_PER_SHARE = 64;

    /** and a share is this many: more, so that a backlog shrinks while cells are being retired. */
    private static final int SHARE_CELLS = 2 * CELLS_PER_SHARE;

    private static final long NOTHING = -1;

    /** What one call has done, confined to it. */
    private static final class Round {
        int leftCount;
        int freedCount;

        /** The first of each; a cell that met an Error waits on. */
        @Nullable Error failure;

        @Nullable RuntimeException refusal;

        Round(int countMax) {
            leftCount = countMax;
        }

        void note(Error failed) {
            failure = failure == null ? failed : failure;
        }

        void note(RuntimeException refused) {
            refusal = refusal == null ? refused : refusal;
        }
    }

    private final Epochs epochs;
    private final RetiredLists lists;

    // Guarded by this.
    private int open;
    private long openCount;
    private long closedCount;
    private long closedStamp;
    private long total;
    private long waitingCount;
    private long heldBytes;
    private @Nullable RuntimeException unreported;

    /** Written under the lock, read without. */
    private volatile boolean shareDue;

    RetiredCells(Epochs epochs, RetiredLists lists) {
        this.epochs = epochs;
        this.lists = lists;
    }

    /**
     * Adds a live cell, after freeing a bounded share of those waiting when that is due. When it
     * throws, the cell was not retired.
     *
     * @throws BadHandle when the cell is not live or retired already
     */
    void retire(long handle) {
        if (shareDue) {
            payShare();
        }
        synchronized (this) {
            int bytes = lists.push(open, handle);
            openCount++;
            waitingCount++;
            heldBytes += bytes;
            total++;
            if (total % CELLS_PER_SHARE == 0) {
                shareDue = true;
            }
        }
    }

    /**
     * Frees up to {@code countMax} cells that no pin holds back, in a new epoch if need be. A cell
     * still in use, or whose freeing met an Error, waits on; it is tried twice in a call at most.
     * What a free throws keeps no other from being freed.
     *
     * @return how many were freed; if a free has failed, here or in a share that {@link #retire}
     *     paid, the first failure is thrown in the end
     */
    int reclaim(int countMax) {
        StackRoom.require();
        Round round = new Round(countMax);
        freeReady(round);
        noteRefusal(round.refusal);
        if (round.failure != null) {
            throw round.failure;
        }
        RuntimeException refused = takeRefusal();
        if (refused != null) {
            throw refused;
        }
        return round.freedCount;
    }

    synchronized RetireStats stats() {
        return new RetireStats(total, (int) Math.min(waitingCount, Integer.MAX_VALUE), heldBytes);
    }

    /**
     * Who retires is not to blame for what others retired: a refusal waits for {@link #reclaim}.
     */
    private void payShare() {
        StackRoom.require();
        Round round = new Round(SHARE_CELLS);
        shareDue = false;
        freeReady(round);
        noteRefusal(round.refusal);
    }

    private void freeReady(Round round) {
        for (int generation = 0; generation < 2; generation++) {
            long stamp = stampOfClosed();
            if (stamp == NOTHING) {
                return;
            }
            if (epochs.current() == stamp) {
                epochs.advance();
            }
            long horizon = epochs.horizon();
            long handle = pop(round, horizon);
            while (handle != 0) {
                freeOne(round, handle);
                handle = pop(round, horizon);
            }
        }
    }

    /** The stamp of the closed generation, which is the one open until now if that has to be. */
    private synchronized long stampOfClosed() {
        if (closedCount == 0) {
            if (openCount == 0) {
                return NOTHING;
            }
            closedStamp = epochs.stamp();
            closedCount = openCount;
            openCount = 0;
            open ^= 1;
        }
        return closedStamp;
    }

    /** Looks at the stamp again: others may have closed another generation meanwhile. */
    private synchronized long pop(Round round, long horizon) {
        if (round.leftCount <= 0 || closedCount == 0 || closedStamp >= horizon) {
            return 0;
        }
        long handle = lists.pop(open ^ 1);
        if (handle == 0) {
            forgetClosed();
            return 0;
        }
        closedCount--;
        round.leftCount--;
        return handle;
    }

    /**
     * What is counted and on no list was freed by others, against the rules, while it was retired.
     */
    private void forgetClosed() {
        waitingCount -= closedCount;
        closedCount = 0;
        if (waitingCount == 0) {
            heldBytes = 0;
        }
    }

    private void freeOne(Round round, long handle) {
        int bytes = 0;
        boolean ended = false;
        try {
            bytes = lists.bytes(handle);
            ended = lists.free(handle);
            if (ended) {
                round.freedCount++;
            }
        } catch (RuntimeException refused) {
            ended = true;
            round.note(refused);
        } catch (Error failed) {
            round.note(failed);
        }
        if (ended || !putBack(round, handle)) {
            settle(bytes);
        }
    }

    private synchronized boolean putBack(Round round, long handle) {
        try {
            lists.pushAgain(open, handle);
        } catch (RuntimeException refused) {
            round.note(refused);
            return false;
        }
        openCount++;
        return true;
    }

    private synchronized void settle(int bytes) {
        waitingCount--;
        heldBytes = waitingCount == 0 ? 0 : heldBytes - bytes;
    }

    private synchronized void noteRefusal(@Nullable RuntimeException refused) {
        if (unreported == null) {
            unreported = refused;
        }
    }

    private synchronized @Nullable RuntimeException takeRefusal() {
        RuntimeException refused = unreported;
        unreported = null;
        return refused;
    }
}
