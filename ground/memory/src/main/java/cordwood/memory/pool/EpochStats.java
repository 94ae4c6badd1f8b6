package cordwood.memory.pool;

import cordwood.memory.epoch.Epochs;

/**
 * The epochs the pool retires by.
 *
 * @param current the current epoch
 * @param minObserved the oldest epoch pinned; the current one when none is
 * @param pinned pins not left
 * @param oldestPinAgeNanos the age of the oldest pin, counted from when its epoch was first seen to
 *     have ended; 0 when no pin is of an earlier epoch than the current one
 */
public record EpochStats(long current, long minObserved, int pinned, long oldestPinAgeNanos) {

    /** The horizon is read first, so that it is never beyond what is shown as the current epoch. */
    static EpochStats of(Epochs epochs) {
        long minObserved = epochs.horizon();
        return new EpochStats(
                epochs.current(), minObserved, epochs.pinned(), epochs.oldestPinAgeNanos());
    }
}
