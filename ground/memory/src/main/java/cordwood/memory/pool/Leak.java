package cordwood.memory.pool;

/**
 * A cell that was not freed.
 *
 * @param handle its handle
 * @param bytes the bytes asked for
 * @param allocation where it was allocated
 */
public record Leak(long handle, int bytes, Throwable allocation) {}
