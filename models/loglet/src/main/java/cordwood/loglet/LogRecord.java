package cordwood.loglet;

import java.lang.foreign.MemorySegment;

/**
 * A record of a loglet.
 *
 * @param createdAtNanos nanoseconds since 1970-01-01T00:00Z, unsigned
 * @param keys what the record is about
 * @param body the record's bytes. In a request they are the caller's, and must stay as they are
 *     until the reply; in a response they are a copy on the heap, the receiver's to keep
 */
public record LogRecord(long createdAtNanos, Keys keys, MemorySegment body) {}
