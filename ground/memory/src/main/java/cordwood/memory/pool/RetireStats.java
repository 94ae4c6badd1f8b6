package cordwood.memory.pool;

/**
 * Cells retired.
 *
 * @param total ever
 * @param waiting not yet freed
 * @param heldBytes bytes of the waiting ones
 */
public record RetireStats(long total, int waiting, long heldBytes) {}
