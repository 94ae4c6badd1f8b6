package cordwood.loglet;

/**
 * What every response carries: how it went, and the loglet as it is now.
 *
 * @param localTail the offset after the highest record committed here
 * @param knownGlobalTail the highest tail known here to be replicated
 * @param sealed whether the loglet is sealed
 * @param status how the request went
 */
public record ResponseHeader(long localTail, long knownGlobalTail, boolean sealed, Status status) {}
