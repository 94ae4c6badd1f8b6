package cordwood.loglet;

import cordwood.store.StoreException;
import org.jspecify.annotations.Nullable;

/** The way out of a worker: counts stores, gives the budget back, and tells who asked. */
final class Replies {

    private static final System.Logger LOGGER = System.getLogger(Replies.class.getName());

    private final LogletState state;
    private final ByteBudget inFlight;
    private final StoreCounters counters;

    Replies(LogletState state, ByteBudget inFlight, StoreCounters counters) {
        this.state = state;
        this.inFlight = inFlight;
        this.counters = counters;
    }

    /** Answers a request; any thread. */
    void send(Task task, @Nullable Response response) {
        inFlight.release(task.chargedBytes);
        tell(task, response);
    }

    /** Answers with nothing but a header. A store is counted by its status. */
    void send(Task task, Status status) {
        inFlight.release(task.chargedBytes);
        refuse(task, status);
    }

    /** Answers a request that takes nothing of the budget, as one that was never let in. */
    void refuse(Task task, Status status) {
        if (task.request instanceof Request.Store) {
            counters.count(label(status), task.recordCount(), task.bodyBytes);
        }
        tell(task, task.answer(state.header(status)));
    }

    /** Answers a store that was written, or whose label says more than its status. */
    void sendStored(Task task, Status status, StoreLabel label) {
        counters.count(label, task.recordCount(), task.bodyBytes);
        send(task, new Response.Stored(state.header(status)));
    }

    private static void tell(Task task, @Nullable Response response) {
        if (response == null) {
            return;
        }
        try {
            task.replyTo.reply(response);
        } catch (Throwable e) { // other languages throw what ours would have to declare
            LOGGER.log(System.Logger.Level.ERROR, "a reply was taken with an exception", e);
        }
    }

    /** The label of a store that was not written itself. */
    private static StoreLabel label(Status status) {
        return switch (status) {
            case OK -> StoreLabel.DUPLICATE;
            case UNKNOWN, DISABLED -> StoreLabel.DISABLED;
            case DROPPED -> StoreLabel.DROPPED;
            case SEALED -> StoreLabel.SEALED;
            case SEALING -> StoreLabel.SEALING;
            case SEQUENCER_MISMATCH -> StoreLabel.SEQUENCER_MISMATCH;
            case OUT_OF_BOUNDS -> StoreLabel.OUT_OF_BOUNDS;
            case MALFORMED -> StoreLabel.MALFORMED;
        };
    }

    /** What a sender is told when the store refuses or fails. */
    static Status status(StoreException failure) {
        return switch (failure) {
            case StoreException.Busy _, StoreException.Full _ -> Status.DROPPED;
            case StoreException.Invalid _ -> Status.MALFORMED;
            case StoreException.Closed _,
                    StoreException.Failed _,
                    StoreException.Corrupt _,
                    StoreException.Fenced _,
                    StoreException.Internal _ ->
                    Status.DISABLED;
        };
    }
}
