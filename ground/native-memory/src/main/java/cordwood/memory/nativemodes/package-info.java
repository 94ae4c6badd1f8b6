/**
 * The allocator modes {@code system} and {@code mimalloc}: the only code of ours that calls native
 * libraries by itself, and the only module that must be granted native access for it.
 *
 * <p>{@link cordwood.memory.nativemodes.SystemMode} and {@link
 * cordwood.memory.nativemodes.MimallocMode} are found by name. {@code SystemLibrary} and {@code
 * Mimalloc} make the calls, through {@code Downcalls}; {@code MimallocLibrary} finds and loads the
 * one that does not come with the system. Handles, checks and the budget are {@code
 * cordwood.memory.pool}'s.
 */
package cordwood.memory.nativemodes;
