package cordwood.loglet;

/** Which tail to wait for. */
public sealed interface TailQuery {

    /** The tail to be reached. */
    long target();

    /** The local tail is at or past the target. */
    record LocalTail(long target) implements TailQuery {
        /** Checks the range. */
        public LocalTail {
            LogletOffset.requireFits(target);
        }
    }

    /** The known global tail is at or past the target. */
    record GlobalTail(long target) implements TailQuery {
        /** Checks the range. */
        public GlobalTail {
            LogletOffset.requireFits(target);
        }
    }

    /** One of them is. */
    record LocalOrGlobal(long target) implements TailQuery {
        /** Checks the range. */
        public LocalOrGlobal {
            LogletOffset.requireFits(target);
        }
    }
}
