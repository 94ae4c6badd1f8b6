package cordwood.lsm.format;

import cordwood.store.ByteSize;
import cordwood.store.StoreException;
import java.util.function.LongSupplier;

/**
 * The most bytes that a store's files may take, and what of that is left for whom. Thread-safe.
 *
 * <pre>
 * | used: tables, log, reserve, manifests | owed: tables of the log | puts to come | merges |
 * 0                                                                                  budget
 * </pre>
 *
 * <p>A record in the log counts twice, since its table is written before the log gives its room
 * back. So a flush asks nobody. Merges have room of their own, also where the budget is exceeded:
 * they give back more than they take. Puts get what is left.
 */
public final class DiskBudget {

    private final long budgetBytes;
    private final long mergeBytes;
    private final LongSupplier usedBytes;
    private final LongSupplier owedBytes;

    /**
     * A budget.
     *
     * @param budgetBytes most bytes of all files; {@code Long.MAX_VALUE} for no bound
     * @param mergeBytes how much of it is left to merges
     * @param usedBytes bytes that the files take now
     * @param owedBytes bytes of the live log, which flushes will write once more at most
     */
    public DiskBudget(
            long budgetBytes, long mergeBytes, LongSupplier usedBytes, LongSupplier owedBytes) {
        this.budgetBytes = budgetBytes;
        this.mergeBytes = mergeBytes;
        this.usedBytes = usedBytes;
        this.owedBytes = owedBytes;
    }

    /** No bound. */
    public static DiskBudget unlimited() {
        return new DiskBudget(Long.MAX_VALUE, 0, () -> 0, () -> 0);
    }

    /** Whether there is a bound. */
    public boolean isLimited() {
        return budgetBytes != Long.MAX_VALUE;
    }

    /** The bound. */
    public long budgetBytes() {
        return budgetBytes;
    }

    /** Whether puts may add so many bytes, to the log and to tables together. */
    public boolean hasRoomFor(long bytes) {
        return bytes <= leftBytes() - mergeBytes;
    }

    /**
     * Sees to it that puts may add so many bytes, to the log and to tables together.
     *
     * @throws StoreException.Full when the budget has no room for them
     */
    public void require(long bytes) {
        if (!hasRoomFor(bytes)) {
            throw full(bytes + mergeBytes);
        }
    }

    /** How much all merges under way may add together: more where no puts want it. */
    public long mergeBytesMax() {
        return Math.max(mergeBytes, leftBytes());
    }

    /**
     * Sees to it that a merge may write so many bytes before it gives any back.
     *
     * @throws StoreException.Full when the budget has no room for them
     */
    public void requireForMerge(long bytes) {
        if (bytes > mergeBytesMax()) {
            throw full(bytes);
        }
    }

    private long leftBytes() {
        if (!isLimited()) {
            return Long.MAX_VALUE;
        }
        long owed = owedBytes.getAsLong(); // first: a flush moves bytes from here to there
        return budgetBytes - owed - usedBytes.getAsLong();
    }

    private StoreException.Full full(long wantedBytes) {
        return new StoreException.Full(
                "the disk budget of %s is reached: %s of files, %s to be flushed, no room for %s;"
                                .formatted(
                                        ByteSize.text(budgetBytes),
                                        ByteSize.text(usedBytes.getAsLong()),
                                        ByteSize.text(owedBytes.getAsLong()),
                                        ByteSize.text(wantedBytes))
                        + " trim streams, or open the store with a larger disk-budget",
                null);
    }
}
