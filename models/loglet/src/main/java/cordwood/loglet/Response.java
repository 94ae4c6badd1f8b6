package cordwood.loglet;

import java.util.List;

/** What a loglet answers. */
public sealed interface Response {

    /** How it went, and the loglet as it is now. */
    ResponseHeader header();

    /** Answers {@link Request.Store}. */
    record Stored(ResponseHeader header) implements Response {}

    /**
     * Answers {@link Request.GetRecords}.
     *
     * @param nextOffset where to read on; never below the offset asked for
     * @param entries records and gaps by rising offset. Offsets that are not here at all are not
     *     mentioned
     */
    record Records(ResponseHeader header, long nextOffset, List<RecordEntry> entries)
            implements Response {}

    /** Answers {@link Request.Seal}. */
    record Sealed(ResponseHeader header) implements Response {}

    /**
     * Answers {@link Request.GetLogletInfo}.
     *
     * @param trimPoint the highest trimmed offset, or {@link LogletOffset#INVALID}
     */
    record LogletInfo(ResponseHeader header, long trimPoint) implements Response {}

    /** Answers {@link Request.Trim}. */
    record Trimmed(ResponseHeader header) implements Response {}

    /** Answers {@link Request.WaitForTail}. */
    record TailUpdated(ResponseHeader header) implements Response {}

    /**
     * Answers {@link Request.GetDigest}.
     *
     * @param nextOffset where to ask on: past the range, at most {@link LogletOffset#MAX}, or where
     *     the answer grew too large
     * @param entries runs by rising offset. Offsets that are not here are not mentioned
     */
    record Digest(ResponseHeader header, long nextOffset, List<DigestEntry> entries)
            implements Response {}
}
