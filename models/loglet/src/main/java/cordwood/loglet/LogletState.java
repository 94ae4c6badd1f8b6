package cordwood.loglet;

import cordwood.store.StoreException;
import cordwood.store.StreamBounds;
import cordwood.store.StreamStore;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Where a loglet stands. Changed by its worker only. */
final class LogletState {

    /*
     * Invariants: 1. OLDEST <= localTail <= stagingTail <= MAX. 2. Tails only rise, except that the
     * staging tail falls back to the local tail when appends were refused. 3. A seal stays.
     */
    private final long logletId;

    // read by anyone: what answers say, and what readers clip to
    private final AtomicLong localTail;
    private final AtomicLong globalTail;
    private volatile long trimPoint;
    private volatile boolean sealed;

    // confined to the worker
    private long stagingTail;
    private boolean sealUnderWay;
    private boolean acceptsWrites = true;
    private @Nullable NodeId sequencer;
    private boolean sequencerIsDurable;
    private long persistedGlobalTail;

    LogletState(
            long logletId,
            long localTail,
            long globalTail,
            long trimPoint,
            @Nullable NodeId sequencer,
            boolean sealed) {
        this.logletId = logletId;
        this.localTail = new AtomicLong(localTail);
        this.globalTail = new AtomicLong(globalTail);
        this.trimPoint = trimPoint;
        this.sealed = sealed;
        this.stagingTail = localTail;
        this.sequencer = sequencer;
        this.sequencerIsDurable = sequencer != null;
        this.persistedGlobalTail = globalTail;
    }

    /** The state of a loglet as a store has it. */
    static LogletState load(StreamStore store, long logletId) {
        StreamBounds bounds = store.bounds(AttributeDescriptor.SPACE, logletId);
        long trimPoint = trimPoint(logletId, bounds);
        long last =
                bounds.isEmpty()
                        ? LogletOffset.INVALID
                        : requireRecordOffset(logletId, bounds.last());
        MemorySegment tail = attribute(store, logletId, AttributeDescriptor.GLOBAL_TAIL_ID);
        MemorySegment sequencer = attribute(store, logletId, AttributeDescriptor.SEQUENCER_ID);
        long persisted = tail == null ? LogletOffset.OLDEST : AttributeDescriptor.globalTail(tail);
        return new LogletState(
                logletId,
                Math.max(last, trimPoint) + 1,
                Math.max(persisted, trimPoint + 1),
                trimPoint,
                sequencer == null ? null : AttributeDescriptor.sequencer(sequencer),
                attribute(store, logletId, AttributeDescriptor.SEAL_ID) != null);
    }

    /**
     * How far the store has a loglet trimmed: what a read sees of a trim that is not committed yet.
     */
    static long trimPoint(StreamStore store, long logletId) {
        return trimPoint(logletId, store.bounds(AttributeDescriptor.SPACE, logletId));
    }

    private static long trimPoint(long logletId, StreamBounds bounds) {
        return bounds.trimmedTo() == StreamBounds.NEVER_TRIMMED
                ? LogletOffset.INVALID
                : requireRecordOffset(logletId, bounds.trimmedTo());
    }

    private static @Nullable MemorySegment attribute(StreamStore store, long logletId, int id) {
        return store.attribute(AttributeDescriptor.SPACE, logletId, id);
    }

    private static long requireRecordOffset(long logletId, long position) {
        if (!LogletOffset.isRecordOffset(position)) {
            throw new StoreException.Corrupt(
                    "loglet %s ends at position %d, expected %d to %d"
                            .formatted(
                                    Long.toUnsignedString(logletId),
                                    position,
                                    LogletOffset.OLDEST,
                                    LogletOffset.LAST),
                    null);
        }
        return position;
    }

    long logletId() {
        return logletId;
    }

    /** One past the highest record committed. */
    long localTail() {
        return localTail.getAcquire();
    }

    /** One past the highest record committed or under way. */
    long stagingTail() {
        return stagingTail;
    }

    long globalTail() {
        return globalTail.getAcquire();
    }

    /** The highest offset whose trim is committed. */
    long trimPoint() {
        return trimPoint;
    }

    boolean isSealed() {
        return sealed;
    }

    boolean isSealUnderWay() {
        return sealUnderWay;
    }

    boolean acceptsWrites() {
        return acceptsWrites;
    }

    /** Who gives out the offsets; null before the first store. */
    @Nullable NodeId sequencer() {
        return sequencer;
    }

    ResponseHeader header(Status status) {
        return new ResponseHeader(localTail(), globalTail(), sealed, status);
    }

    /** Takes note of a global tail; whether it is news. */
    boolean raiseGlobalTail(long tail) {
        if (tail <= globalTail.getPlain()) {
            return false;
        }
        globalTail.setRelease(tail);
        return true;
    }

    /** How far the known global tail is ahead of what was last written down. */
    long unpersistedGlobalTail() {
        return globalTail.getPlain() - persistedGlobalTail;
    }

    /** The known global tail is on its way to the store. */
    void globalTailStaged() {
        persistedGlobalTail = globalTail.getPlain();
    }

    /** What was on its way may not have arrived. */
    void globalTailRefused() {
        persistedGlobalTail = LogletOffset.INVALID;
    }

    /** A store up to {@code last}, from {@code by}, is under way. */
    void storeStaged(long last, NodeId by) {
        stagingTail = Math.max(stagingTail, last + 1);
        sequencer = by;
    }

    /** A store up to {@code last} is committed. */
    void storeCommitted(long last) {
        sequencerIsDurable = true;
        localTail.setRelease(Math.max(localTail.getPlain(), last + 1));
    }

    /** Everything staged and not yet committed was refused, or will be. */
    void stagedStoresRefused() {
        stagingTail = localTail.getPlain();
        if (!sequencerIsDurable) {
            sequencer = null;
        }
    }

    void sealStaged() {
        sealUnderWay = true;
    }

    void sealCommitted() {
        sealUnderWay = false;
        sealed = true;
        stagingTail = localTail.getPlain();
    }

    void sealRefused() {
        sealUnderWay = false;
    }

    /** A trim up to {@code to} is committed. */
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
    void trimCommitted(long to) {
        trimPoint = Math.max(trimPoint, to);
    }

    /** The storage takes no more writes. */
    void writesStopped() {
        acceptsWrites = false;
    }
}
