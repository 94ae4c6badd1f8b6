package cordwood.loglet;

import cordwood.store.StoreException;
import java.util.List;

/**
 * What can be asked of a loglet. A request that lacks a part, as one with a null in it, is answered
 * {@link Status#MALFORMED}.
 */
public sealed interface Request {

    /** What every request carries. */
    RequestHeader header();

    /**
     * Stores records at consecutive offsets. Answered by {@link Response.Stored}.
     *
     * @param timeoutAtMillis the time, in milliseconds since 1970-01-01T00:00Z, from which it is
     *     not to be stored any more, or {@link #NO_TIMEOUT}
     * @param flags {@link #IGNORE_SEAL} or 0
     * @param firstOffset the offset of the first record
     * @param sequencer who gave the records their offsets
     * @param payloads the records; their bodies may not change until the reply
     */
    record Store(
            RequestHeader header,
            long timeoutAtMillis,
            int flags,
            long firstOffset,
            NodeId sequencer,
            List<LogRecord> payloads)
            implements Request {

        /** It never expires. */
        public static final long NO_TIMEOUT = 0;

        /** A repair: fills holes and extends the loglet even when it is sealed. */
        public static final int IGNORE_SEAL = 1;

        /** Checks ranges. */
        public Store {
            LogletOffset.requireFits(firstOffset);
            if (timeoutAtMillis < 0) {
                throw new StoreException.Invalid("a timeout before 1970: " + timeoutAtMillis);
            }
            if ((flags & ~IGNORE_SEAL) != 0) {
                throw new StoreException.Invalid(
                        "unknown store flags 0x" + Integer.toHexString(flags));
            }
        }

        Store withPayloads(List<LogRecord> records) {
            return new Store(header, timeoutAtMillis, flags, firstOffset, sequencer, records);
        }

        /** Whether {@link #IGNORE_SEAL} is set. */
        public boolean isRepair() {
            return (flags & IGNORE_SEAL) != 0;
        }
    }

    /**
     * Reads records. Answered by {@link Response.Records}.
     *
     * @param byteLimit most encoded bytes wanted, or {@link #NO_LIMIT} for the server's own limit;
     *     the first record is returned even when it is larger. Fewer are returned where reads under
     *     way leave no room for more
     * @param from first offset wanted
     * @param to last offset wanted
     */
    record GetRecords(RequestHeader header, long byteLimit, KeyFilter filter, long from, long to)
            implements Request {

        /** As much as the server gives at once. */
        public static final long NO_LIMIT = 0;

        /** Checks ranges. */
        public GetRecords {
            LogletOffset.requireFits(from);
            LogletOffset.requireFits(to);
            if (byteLimit < 0) {
                throw new StoreException.Invalid("a negative byte limit: " + byteLimit);
            }
        }
    }

    /** Raises the known global tail to the header's. Never answered. */
    record Release(RequestHeader header) implements Request {}

    /** Refuses later stores, except repairs, for good. Answered by {@link Response.Sealed}. */
    record Seal(RequestHeader header) implements Request {}

    /** Asks for tails and trim point. Answered by {@link Response.LogletInfo}. */
    record GetLogletInfo(RequestHeader header) implements Request {}

    /**
     * Removes the records up to and including {@code trimPoint}. Answered by {@link
     * Response.Trimmed}.
     */
    record Trim(RequestHeader header, long trimPoint) implements Request {
        /** Checks the range. */
        public Trim {
            LogletOffset.requireFits(trimPoint);
        }
    }

    /**
     * Waits for a tail. Answered by {@link Response.TailUpdated}, with {@link Status#DROPPED} when
     * the time is over: its own, the server's ({@link LogletOptions#tailWaitMax}), or that it was
     * given up.
     *
     * @param timeoutAtMillis the time, in milliseconds since 1970-01-01T00:00Z, until which it
     *     waits at most, or {@link #NO_TIMEOUT}
     */
    record WaitForTail(RequestHeader header, TailQuery query, long timeoutAtMillis)
            implements Request {

        /** It waits as long as the server lets it. */
        public static final long NO_TIMEOUT = 0;

        /** Checks the range. */
        public WaitForTail {
            if (timeoutAtMillis < 0) {
                throw new StoreException.Invalid("a timeout before 1970: " + timeoutAtMillis);
            }
        }

        /** Waits as long as the server lets it. */
        public WaitForTail(RequestHeader header, TailQuery query) {
            this(header, query, NO_TIMEOUT);
        }
    }

    /**
     * Asks which offsets are here. Answered by {@link Response.Digest}.
     *
     * @param from first offset of interest
     * @param to last offset of interest
     */
    record GetDigest(RequestHeader header, long from, long to) implements Request {
        /** Checks ranges. */
        public GetDigest {
            LogletOffset.requireFits(from);
            LogletOffset.requireFits(to);
        }
    }
}
