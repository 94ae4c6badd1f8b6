package cordwood.testkit.crash;

import cordwood.testkit.crash.Mutant.Trial;

/** Bugs that {@link TinyStore} can be given, each with the trial that must catch it. */
enum Mutant {
    NONE(Trial.CRASH_HISTORIES),
    ACKNOWLEDGE_BEFORE_SYNC(Trial.CRASH_STATES),
    RETRY_SYNC(Trial.SYNC_FAILURES),
    TRUST_LENGTH_BEFORE_CHECKSUM(Trial.CRASH_STATES),
    APPEND_AFTER_SHORT_WRITE(Trial.FAILURE_SWEEP),
    SERVE_WHAT_WAS_NOT_SYNCED(Trial.CRASH_STATES),
    DELETE_LOG_BEFORE_SNAPSHOT_IS_SYNCED(Trial.CRASH_STATES),
    RENAME_BEFORE_SYNC(Trial.CRASH_STATES),
    FORGET_TRIMS(Trial.CRASH_HISTORIES),
    SKIP_CHECKSUM(Trial.CRASH_STATES),
    GO_ON_AFTER_FAILED_SYNC(Trial.SYNC_FAILURES),
    LEAK_FILES(Trial.CRASH_HISTORIES),
    LEAVE_STRAY_FILES(Trial.CRASH_HISTORIES),
    HANG_WHEN_FLUSH_FAILS(Trial.FAILURE_SWEEP),
    TELL_FAILURE_AS_CORRUPTION(Trial.FAILURE_SWEEP),
    SHOW_REFUSED_BATCH(Trial.FAILURE_SWEEP);

    /** A way of looking for bugs. */
    enum Trial {
        CRASH_HISTORIES,
        CRASH_STATES,
        FAILURE_SWEEP,
        SYNC_FAILURES
    }

    private final Trial caughtBy;

    Mutant(Trial caughtBy) {
        this.caughtBy = caughtBy;
    }

    Trial caughtBy() {
        return caughtBy;
    }
}
