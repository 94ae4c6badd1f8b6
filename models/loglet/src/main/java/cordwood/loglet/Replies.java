package cordwood.loglet;

import cordwood.store.HeapPause;
import cordwood.store.StackRoom;
import cordwood.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * The way out of a worker: whatever asks twice or throws, each request is answered once. Counts
 * stores, lets requests out of the door, and tells who asked. Never throws. Thread-safe.
 */
final class Replies {

    private final LogletState state;
    private final Door door;
    private final StoreCounters counters;

    Replies(LogletState state, Door door, StoreCounters counters) {
        this.state = state;
        this.door = door;
        this.counters = counters;
    }

    /**
     * Answers for nobody, so that what answering needs is loaded and linked: Java tries that only
     * once, and on a full heap in vain.
     */
    static void rehearse() {
        LogletState state =
                new LogletState(
                        0, LogletOffset.OLDEST, LogletOffset.OLDEST, 0, null, /* sealed= */ false);
        Replies replies = new Replies(state, new Door(LogletOptions.DEFAULTS), new StoreCounters());
        Request request = new Request.Release(RequestHeader.of(0));
        Task task = new Task(new NodeId(0, 0), request, ReplyTo.NOBODY);
        replies.send(
                task, status(new StoreException.Busy(Report.text(0, Report.Trouble.REPLY_THREW))));
    }

    /** Answers a request that was let in. */
    void send(Task task, @Nullable Response response) {
        if (task.claimAnswer()) {
            door.leave(task);
            tell(task, response);
        }
    }

    /** Answers with nothing but a header. A store is counted by its status. */
    void send(Task task, Status status) {
        send(task, status, label(status));
    }

    /** Answers as {@link #send(Task, Status)} with a label that says more than the status. */
    void send(Task task, Status status, StoreLabel label) {
        if (task.claimAnswer()) {
            door.leave(task);
            answer(task, status, label);
        }
    }

    /** Answers a request that was never let in. */
    void refuse(Task task, Status status) {
        if (task.claimAnswer()) {
            answer(task, status, label(status));
        }
    }

    private void answer(Task task, Status status, StoreLabel label) {
        if (task.request instanceof Request.Store) {
            counters.count(label, task.recordCount(), task.bodyBytes);
        }
        while (true) {
            Response response;
            try {
                response = task.answer(state.header(status));
            } catch (OutOfMemoryError _) {
                HeapPause.take(); // somebody waits for this
                continue;
            }
            tell(task, response);
            return;
        }
    }

    private void tell(Task task, @Nullable Response response) {
        if (response == null) {
            return;
        }
        boolean vouched = StackRoom.vouch(false);
        try {
            task.replyTo.reply(response);
        } catch (Throwable e) { // other languages throw what ours would have to declare
            Report.error(state.logletId(), Report.Trouble.REPLY_THREW, e);
        } finally {
            StackRoom.vouch(vouched);
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

    /** What a sender is told of whatever was thrown. */
    static Status status(Throwable failure) {
        if (failure instanceof StoreException ofStore) {
            return switch (ofStore) {
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
        return failure instanceof OutOfMemoryError ? Status.DROPPED : Status.DISABLED;
    }
}
