package cordwood.memory.pool;

import cordwood.memory.Account;
import cordwood.memory.Budget;

/**
 * Bytes.
 *
 * @param poolBytes charged to the pool
 * @param poolPeakBytes the most that was charged to it at once
 * @param usedBytes in use of the whole budget
 * @param peakBytes the most of the budget that was in use at once
 * @param capBytes the budget
 * @param residentBytes of the whole process in physical memory, heap and all; −1 when unknown
 */
public record MemoryStats(
        long poolBytes,
        long poolPeakBytes,
        long usedBytes,
        long peakBytes,
        long capBytes,
        long residentBytes) {

    static MemoryStats of(Account account, Budget budget) {
        return new MemoryStats(
                account.usedBytes(),
                account.peakBytes(),
                budget.usedBytes(),
                budget.peakBytes(),
                budget.capBytes(),
                ResidentSet.bytes());
    }
}
