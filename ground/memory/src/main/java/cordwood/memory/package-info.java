/**
 * Off-heap memory that is counted, capped and given back.
 *
 * <p>In reading order: {@link cordwood.memory.Budget} is the one hard cap, {@link
 * cordwood.memory.Account} one owner's share of what is used. {@link cordwood.memory.Chunks} turns
 * budget into native memory in pieces large enough for the system to take back, and cuts {@link
 * cordwood.memory.Region}s from them. {@link cordwood.memory.BumpArena} is memory whose whole life
 * ends at once. {@link cordwood.memory.Memory} wires them, and owns the thread that makes chunks
 * and the one that closes them. A {@link cordwood.memory.Reclaimer} is asked before anybody is
 * refused.
 *
 * <p>Nothing here knows stores or files, and nothing uses a restricted method.
 */
package cordwood.memory;
