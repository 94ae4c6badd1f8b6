package cordwood.memory.pool;

import cordwood.memory.Account;

/**
 * Bytes of an account that are reserved and not yet used, so that small allocations need not take
 * the budget's lock. For any number of threads.
 */
final class ReservedAhead {

    /** What is reserved at once; a larger request goes to the account by itself. */
    static final long STEP_BYTES = 64 << 10;

    private final Account account;
    private final PaddedLong spareBytes = new PaddedLong();

    ReservedAhead(Account account) {
        this.account = account;
    }

    /** Takes bytes, and answers whether there were any to take. */
    boolean tryTake(long bytes) {
        if (bytes >= STEP_BYTES) {
            return account.tryReserve(bytes);
        }
        long seen = spareBytes.get();
        while (seen >= bytes) {
            if (spareBytes.compareAndSet(seen, seen - bytes)) {
                return true;
            }
            seen = spareBytes.get();
        }
        if (!account.tryReserve(STEP_BYTES)) {
            return false;
        }
        spareBytes.add(STEP_BYTES - bytes);
        return true;
    }

    /** Gives back bytes that were taken here or elsewhere on the same account. */
    void give(long bytes) {
        if (bytes >= STEP_BYTES) {
            account.release(bytes);
            return;
        }
        spareBytes.add(bytes);
        long seen = spareBytes.get();
        while (seen > 2 * STEP_BYTES) {
            if (spareBytes.compareAndSet(seen, STEP_BYTES)) {
                account.release(seen - STEP_BYTES);
                return;
            }
            seen = spareBytes.get();
        }
    }

    /** Releases everything that is not in use. */
    void drain() {
        account.release(spareBytes.getAndSet(0));
    }
}
