package cordwood.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Remembers the groups it wrote; can be held inside a write, and made to fail the next. */
final class HeldWriter implements GroupWriter {

    /** What one write was given. */
    record Group(List<Long> positions, boolean sync, long firstSequence, long valueBytes) {}

    private final List<Group> groups = new ArrayList<>();
    private final Semaphore entered = new Semaphore(0);
    private final Semaphore mayLeave = new Semaphore(0);
    private volatile boolean held;
    private @Nullable Throwable failure;

    @Override
    public void write(CommitGroup group) {
        entered.release();
        if (held) {
            mayLeave.acquireUninterruptibly();
            held = false;
        }
        Throwable toThrow = takeFailure();
        switch (toThrow) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> remember(group);
        }
    }

    private synchronized @Nullable Throwable takeFailure() {
        Throwable taken = failure;
        failure = null;
        return taken;
    }

    private synchronized void remember(CommitGroup group) {
        List<Long> positions = new ArrayList<>();
        for (int i = 0; i < group.size(); i++) {
            positions.addAll(((StubBatch) group.batch(i)).positions());
        }
        groups.add(new Group(positions, group.sync(), group.firstSequence(), group.valueBytes()));
    }

    /** The next write waits inside for {@link #letGo}. */
    void hold() {
        held = true;
    }

    /** Waits until a write has begun. */
    void awaitWrite() {
        entered.acquireUninterruptibly();
    }

    /** Ends the holding; who is inside goes on. To be called once per {@link #hold}. */
    void letGo() {
        mayLeave.release();
    }

    /** Forgets writes that began, so that {@link #awaitWrite} waits for the next. */
    void forgetEntries() {
        entered.drainPermits();
    }

    /** The next write throws this. */
    synchronized void failNext(Throwable with) {
        failure = with;
    }

    synchronized List<Group> groups() {
        return List.copyOf(groups);
    }

    synchronized List<Long> positions() {
        return groups.stream().flatMap(group -> group.positions().stream()).toList();
    }
}
