/**
 * When memory that others may still be looking at can be freed.
 *
 * <p>{@link cordwood.memory.epoch.Epochs} is what is used; {@link cordwood.memory.epoch.EpochClock}
 * is its state machine, which knows nothing of memory, so that it can be model-checked; {@link
 * cordwood.memory.epoch.PinTable} holds the published pins.
 */
package cordwood.memory.epoch;
