package cordwood.store;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Every failure a store reports. The kind, a closed set, tells the caller what to do and is API;
 * the message is for people and is not.
 */
public abstract sealed class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Whether the effects of a failed write may exist. */
    public enum Outcome {
        /**
         * Nothing of it was visible or ever will be, not after recovery either. What an engine
         * cannot say this of with certainty is {@link #UNKNOWN}.
         */
        NOT_APPLIED,
        /** All, part or none of it may be visible, now or after recovery. */
        UNKNOWN
    }

    private final Outcome outcome;

    private StoreException(String message, Outcome outcome, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
    }

    /** Whether the write that failed may have had effects; {@code NOT_APPLIED} for reads. */
    public Outcome outcome() {
        return outcome;
    }

    /**
     * The same failure for a further caller, with its own stack and outcome.
     *
     * @param outcome what is known of that caller's write
     */
    public abstract StoreException again(Outcome outcome);

    private String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    /** The request itself is wrong: mend it; repeating it fails again. */
    public static final class Invalid extends StoreException {
        private static final long serialVersionUID = 1L;

        /** Says what is wrong and what was expected. */
        public Invalid(String message) {
            super(message, Outcome.NOT_APPLIED, null);
        }

        @Override
        public StoreException again(Outcome outcome) {
            return new Invalid(super.text());
        }
    }

    /** No room for it now: repeat later. Nothing was done. */
    public static final class Busy extends StoreException {
        private static final long serialVersionUID = 1L;

        /** Says which limit was met. */
        public Busy(String message) {
            super(message, Outcome.NOT_APPLIED, null);
        }

        @Override
        public StoreException again(Outcome outcome) {
            return new Busy(super.text());
        }
    }

    /** The store, batch or cursor was closed; the message says by whom or why. */
    public static final class Closed extends StoreException {
        private static final long serialVersionUID = 1L;

        /** Says what is closed. */
        public Closed(String message) {
            super(message, Outcome.NOT_APPLIED, null);
        }

        @Override
        public StoreException again(Outcome outcome) {
            return new Closed(super.text());
        }
    }

    /** The disk has no room: writes are refused until there is some; reads and trims go on. */
    public static final class Full extends StoreException {
        private static final long serialVersionUID = 1L;

        /** Says what did not fit where. */
        public Full(String message, @Nullable Throwable cause) {
            super(message, Outcome.NOT_APPLIED, cause);
        }

        @Override
        public StoreException again(Outcome outcome) {
            return new Full(super.text(), this);
        }
    }

    /**
     * The storage failed and writes have stopped for good: reads go on; reopen after mending it.
     */
    public static final class Failed extends StoreException {
        private static final long serialVersionUID = 1L;

        /** Says what failed first. */
        public Failed(String message, Outcome outcome, @Nullable Throwable cause) {
            super(message, outcome, cause);
        }

        @Override
        public StoreException again(Outcome outcome) {
            return new Failed(super.text(), outcome, this);
        }
    }

    /**
     * Stored bytes are not what was written: file, offset, expected and found are in the message.
     */
    public static final class Corrupt extends StoreException {
        private static final long serialVersionUID = 1L;

        private final transient @Nullable Path file;
        private final long offsetBytes;

        /** Says where, what was expected, and what was found. */
        public Corrupt(String message, @Nullable Throwable cause) {
            this(message, null, -1, cause);
        }

        /** The same, with the place: pass -1 where no offset applies. */
        public Corrupt(
                String message, @Nullable Path file, long offsetBytes, @Nullable Throwable cause) {
            super(message, Outcome.NOT_APPLIED, cause);
            this.file = file;
            this.offsetBytes = offsetBytes;
        }

        /** The damaged or missing file, where one is to blame. */
        public @Nullable Path file() {
            return file;
        }

        /** Where in the file, or -1. */
        public long offsetBytes() {
            return offsetBytes;
        }

        @Override
        public StoreException again(Outcome outcome) {
            return new Corrupt(super.text(), file, offsetBytes, this);
        }
    }

    /** Another owner has taken over. Reserved for engines with remote owners. */
    public static final class Fenced extends StoreException {
        private static final long serialVersionUID = 1L;

        /** Says who owns it now. */
        public Fenced(String message, Outcome outcome) {
            super(message, outcome, null);
        }

        @Override
        public StoreException again(Outcome outcome) {
            return new Fenced(super.text(), outcome);
        }
    }

    /** A bug in the engine: report it with this stack. */
    public static final class Internal extends StoreException {
        private static final long serialVersionUID = 1L;

        /** Says which invariant broke. */
        public Internal(String message, Outcome outcome, @Nullable Throwable cause) {
            super(message, outcome, cause);
        }

        @Override
        public StoreException again(Outcome outcome) {
            return new Internal(super.text(), outcome, this);
        }
    }
}
