package cordwood.store;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * For engines: closes a store once, on a thread of ours, whoever asks, how often and where.
 * Thread-safe.
 */
public final class Closing {

    /*
     * Whoever asks again waits for the first, but for a listener: the first may be waiting for that.
     * Where the first is a listener itself, the steps are ended around the one that it runs on, which
     * ends once it has told everybody.
     */

    /** A part of closing that has to come whatever becomes of the one before. */
    private interface Part extends AutoCloseable {
        @Override
        void close();
    }

    private final GroupCommitter committer;
    private final Runnable endSteps;
    private final Part closeFiles;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);

    // made before the heap is full
    private final Runnable all = this::runAll;
    private final Runnable files = this::runFiles;

    private volatile boolean isElsewhere; // whether what was to run elsewhere did begin

    /**
     * How a store is to be closed.
     *
     * @param endSteps ends all background work, the committer included
     * @param closeFiles releases the rest, also where ending the steps failed
     */
    public Closing(GroupCommitter committer, Runnable endSteps, Runnable closeFiles) {
        this.committer = committer;
        this.endSteps = endSteps;
        this.closeFiles = closeFiles::run;
    }

    /**
     * Lets a call pass until closing has begun.
     *
     * @throws StoreException.Closed from then on
     */
    public void requireOpen() {
        if (begun.get()) {
            throw new StoreException.Closed("the store is closed");
        }
    }

    /**
     * Closes the store, or waits until it is closed; in a listener it does not wait for others. An
     * interrupt does not end the wait; it is kept. Failures are told to the caller that began.
     */
    public void close() {
        StackRoom.require();
        boolean inListener = committer.isNotifying();
        if (!begun.compareAndSet(false, true)) {
            if (!inListener) {
                awaitEnd();
            }
            return;
        }
        committer.closedByListener(inListener);
        try {
            closeElsewhere();
        } finally {
            ended.countDown();
            if (inListener) {
                committer.endNotifying();
            }
        }
    }

    private void closeElsewhere() {
        if (isDoneElsewhere(all)) {
            return;
        }
        try (Part _ = this::closeFilesElsewhere) {
            endSteps.run(); // then there may be a thread
        }
    }

    private void closeFilesElsewhere() {
        if (!isDoneElsewhere(files)) {
            closeFiles.close();
        }
    }

    private void runAll() {
        isElsewhere = true;
        try (closeFiles) {
            endSteps.run();
        }
    }

    private void runFiles() {
        isElsewhere = true;
        closeFiles.close();
    }

    /** Runs something on a thread of its own; false when none is to be had. */
    private boolean isDoneElsewhere(Runnable work) {
        isElsewhere = false;
        try {
            PrivateThread.run(committer.name() + "-close", work);
        } catch (OutOfMemoryError e) {
            if (isElsewhere) {
                throw e;
            }
        }
        return isElsewhere;
    }

    private void awaitEnd() {
        boolean interrupted = false;
        while (ended.getCount() > 0) {
            try {
                ended.await();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
