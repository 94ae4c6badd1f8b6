package cordwood.memory.pool;

import cordwood.memory.Budget;

/**
 * Bytes.
 *
 * @param poolBytes charged for this pool, without others of its mode
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

    static MemoryStats of(long poolBytes, long poolPeakBytes, Budget budget) {
        return new MemoryStats(
                poolBytes,
                poolPeakBytes,
                budget.usedBytes(),
                budget.peakBytes(),
                budget.capBytes(),
                ResidentSet.bytes());
    }

    /** With what the pool is charged besides; the peak is of both together at most that. */
    MemoryStats plus(long bytes, long bytesMost) {
        return new MemoryStats(
                poolBytes + bytes,
                poolPeakBytes + bytesMost,
                usedBytes,
                peakBytes,
                capBytes,
                residentBytes);
    }
}
