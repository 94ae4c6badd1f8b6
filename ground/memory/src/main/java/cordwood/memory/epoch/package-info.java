/**
 * When memory that others may still be looking at can be freed.
 *
 * <p>{@link cordwood.memory.epoch.Epochs} is what is used; {@link cordwood.memory.epoch.EpochClock}
 * is its state machine, which knows nothing of memory, so that it can be model-checked; {@link
 * cordwood.memory.epoch.PinTable} and {@link cordwood.memory.epoch.PinShelf} hold the published
 * pins; {@link cordwood.memory.epoch.PinAges} tells how old they are.
 */
package cordwood.memory.epoch;
