package cordwood.memory.pool;

import cordwood.memory.epoch.Epochs;

/**
 * The epochs the pool retires by.
 *
 * @param current the current epoch
 * @param minObserved the oldest epoch pinned; the current one when none is
 * @param pinned pins not left
 * @param oldestPinAgeNanos for how long the oldest pin has been holding cells back
 */
public record EpochStats(long current, long minObserved, int pinned, long oldestPinAgeNanos) {

    static EpochStats of(Epochs epochs) {
        return new EpochStats(
                epochs.current(), epochs.horizon(), epochs.pinned(), epochs.oldestPinAgeNanos());
    }
}
