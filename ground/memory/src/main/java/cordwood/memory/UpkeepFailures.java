package cordwood.memory;

import org.jspecify.annotations.Nullable;

/**
 * What went wrong on the threads of a {@link Memory}; they went on.
 *
 * @param count how often
 * @param first the first failure, null when there was none
 * @param last the last one
 * @param sinceLastNanos how long ago the last one was, 0 when there was none
 */
public record UpkeepFailures(
        long count, @Nullable Throwable first, @Nullable Throwable last, long sinceLastNanos) {}
