package cordwood.loglet;

import java.util.Map;

/**
 * What loglets have done since they were opened.
 *
 * @param stores every label, with what it was given to
 */
public record LogletMetrics(Map<StoreLabel, Count> stores) {

    /**
     * How much got a label.
     *
     * @param requests store requests
     * @param records their records
     * @param bytes the bytes of those records' bodies
     */
    public record Count(long requests, long records, long bytes) {

        Count plus(Count other) {
            return new Count(
                    requests + other.requests, records + other.records, bytes + other.bytes);
        }
    }
}
