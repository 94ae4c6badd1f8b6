package cordwood.loglet;

import java.util.List;

/** What to do with a {@link Request.Store}. */
sealed interface StoreDecision {

    /** Answer at once, without writing. */
    enum Answer implements StoreDecision {
        /** The records are here already. */
        DUPLICATE(Status.OK, StoreLabel.DUPLICATE),
        /** The loglet is sealed. */
        SEALED(Status.SEALED, StoreLabel.SEALED),
        /** A repair, and the seal is not durable yet. */
        SEALING(Status.SEALING, StoreLabel.SEALING),
        /** The storage takes no writes. */
        DISABLED(Status.DISABLED, StoreLabel.DISABLED),
        /** Its time is over. */
        EXPIRED(Status.DROPPED, StoreLabel.EXPIRED),
        /** Not from this loglet's sequencer. */
        SEQUENCER_MISMATCH(Status.SEQUENCER_MISMATCH, StoreLabel.SEQUENCER_MISMATCH),
        /** It would leave a gap. */
        OUT_OF_BOUNDS(Status.OUT_OF_BOUNDS, StoreLabel.OUT_OF_BOUNDS),
        /** It makes no sense. */
        MALFORMED(Status.MALFORMED, StoreLabel.MALFORMED);

        private final Status status;
        private final StoreLabel label;

        Answer(Status status, StoreLabel label) {
            this.status = status;
            this.label = label;
        }

        Status status() {
            return status;
        }

        StoreLabel label() {
            return label;
        }
    }

    /** The records are on their way already: answer when a tail reaches {@code target}. */
    record AwaitTail(long target) implements StoreDecision {}

    /** A seal is on its way: answer when it is durable or has failed. */
    record AwaitSeal() implements StoreDecision {}

    /** Write, and answer when that is committed. */
    record Append(long last) implements StoreDecision {}

    /**
     * Decides, changing nothing. The order of the questions matters: it is what senders rely on.
     *
     * @param peer who sent the request
     * @param expired whether the request's time is over
     */
    static StoreDecision decide(
            LogletState state, NodeId peer, Request.Store store, boolean expired) {
        List<LogRecord> payloads = store.payloads();
        long first = store.firstOffset();
        long last = first + payloads.size() - 1;
        if (payloads.isEmpty() || first == LogletOffset.INVALID || last > LogletOffset.LAST) {
            return Answer.MALFORMED;
        }
        boolean repair = store.isRepair();
        if (state.isSealed() && !repair) {
            return Answer.SEALED;
        }
        if (!state.acceptsWrites()) {
            return Answer.DISABLED;
        }
        NodeId sequencer = state.sequencer();
        if (sequencer != null && !sequencer.equals(store.sequencer())) {
            return Answer.SEQUENCER_MISMATCH;
        }
        long nextInOrder = Math.max(state.stagingTail(), state.globalTail());
        if (first < nextInOrder && !repair && !peer.equals(store.sequencer())) {
            return Answer.SEQUENCER_MISMATCH;
        }
        if (first > nextInOrder) {
            return Answer.OUT_OF_BOUNDS;
        }
        if (expired) {
            return Answer.EXPIRED;
        }
        if (!repair && state.localTail() > last) {
            return Answer.DUPLICATE;
        }
        if (!repair && state.stagingTail() > last) {
            return new AwaitTail(last + 1);
        }
        if (state.isSealUnderWay()) {
            return repair ? Answer.SEALING : new AwaitSeal();
        }
        return new Append(last);
    }
}
