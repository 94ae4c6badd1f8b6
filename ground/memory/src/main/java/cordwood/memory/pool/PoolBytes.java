package cordwood.memory.pool;

import cordwood.memory.Account;
import cordwood.memory.stack.StackRoom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one pool has reserved on an account that it shares with the others of its mode. For any
 * number of threads.
 */
final class PoolBytes {

    /*
     * The account knows the sum over all pools, and is what the cap is made of; this is the part,
     * for the figures. Of the two the account changes first: when it refuses, nothing has changed.
     */

    private final Account account;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong peak = new AtomicLong();

    PoolBytes(Account account) {
        this.account = account;
    }

    /**
     * Reserves bytes, or throws {@link cordwood.memory.BudgetExceeded} and changes nothing; before
     * that everybody was asked.
     */
    void reserve(long bytes) {
        StackRoom.require();
        account.reserve(bytes);
        count(bytes);
    }

    /** Reserves bytes and answers true, or changes nothing, asks nobody and answers false. */
    boolean tryReserveQuietly(long bytes) {
        StackRoom.require();
        if (!account.tryReserveQuietly(bytes)) {
            return false;
        }
        count(bytes);
        return true;
    }

    /** Gives bytes back. The caller has made sure of room on the stack. */
    void release(long bytes) {
        if (bytes > 0) {
            account.release(bytes);
            used.addAndGet(-bytes);
        }
    }

    /** Bytes reserved now. */
    long usedBytes() {
        return used.get();
    }

    /** The most that was ever reserved at once. */
    long peakBytes() {
        return peak.get();
    }

    private void count(long bytes) {
        long now = used.addAndGet(bytes);
        long seen = peak.get();
        while (seen < now && !peak.compareAndSet(seen, now)) {
            seen = peak.get();
        }
    }
}
