package cordwood.testkit.crash;

import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A fixed life, for sweeps that fail each call in turn. */
final class Workload {

    private static final Path COPY = Session.DIRECTORY.resolveSibling("copy");

    private final Life life;
    private final List<StoreException> failures = new ArrayList<>();

    Workload(Life life) {
        this.life = life;
    }

    /**
     * Runs it until the store stops for good or cannot be opened, or to its end; leaves the session
     * where it is.
     */
    void run(Session session) {
        if (!attempt(session::open)) {
            return;
        }
        int index = 0;
        for (Script call : life.calls()) {
            int at = ++index;
            if (call == Script.REOPEN) {
                probe(session, at); // what failed behind the caller's back must not be reopened
                if (session.isStopped()) {
                    return;
                }
            }
            if (!attempt(() -> call.on(session, at))) {
                probe(session, at);
            }
            if (session.isStopped() || !session.isOpen()) {
                return;
            }
        }
        attempt(() -> session.checkpoint(COPY));
        probe(session, index + 1);
    }

    /** Finds out whether a failure has stopped the writes. */
    private void probe(Session session, int index) {
        if (session.isOpen() && !session.isStopped()) {
            attempt(() -> Script.APPEND_DURABLE.on(session, 100 * index));
        }
    }

    /** What failed, in order. */
    List<StoreException> failures() {
        return failures;
    }

    private boolean attempt(Runnable call) {
        try {
            call.run();
            return true;
        } catch (StoreException e) {
            failures.add(e);
            return false;
        }
    }
}
