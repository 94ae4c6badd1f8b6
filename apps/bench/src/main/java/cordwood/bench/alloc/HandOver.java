package cordwood.bench.alloc;

import org.jspecify.annotations.Nullable;

/**
 * The way of batches from one producer to one consumer and, emptied, back. Waiting threads spin a
 * little and then yield: a thread that parks takes longer to wake than a batch takes.
 */
final class HandOver<S> {

    /** Batches there are: what a producer can be ahead. */
    static final int BATCHES = 8;

    private static final int SPINS = 64;

    private final Lane<Batch<S>> full = new Lane<>(BATCHES);
    private final Lane<Batch<S>> empty = new Lane<>(BATCHES);
    private volatile boolean producing;
    private volatile boolean broken;

    /** With {@code cells} making the slots of all batches. */
    HandOver(Cells<S> cells) {
        for (int i = 0; i < BATCHES; i++) {
            empty.offer(new Batch<>(cells.newSlots(Batch.CELLS)));
        }
    }

    /** The producer takes an empty batch, waiting for one. */
    Batch<S> takeEmpty() {
        int turn = 0;
        Batch<S> batch = empty.poll();
        while (batch == null) {
            if (broken) {
                throw new IllegalStateException("the consumer is gone");
            }
            pause(turn++);
            batch = empty.poll();
        }
        return batch;
    }

    /** The producer hands a batch over. There is always room for all batches. */
    void give(Batch<S> batch) {
        full.offer(batch);
    }

    /** The consumer takes a batch, waiting for one; null when the producer has ended its slice. */
    @Nullable Batch<S> take() {
        int turn = 0;
        while (true) {
            boolean last = !producing;
            Batch<S> batch = full.poll();
            if (batch != null || last) {
                return batch;
            }
            pause(turn++);
        }
    }

    /** The consumer gives a batch back, its cells freed. */
    void giveBack(Batch<S> batch) {
        batch.count = 0;
        empty.offer(batch);
    }

    /** A slice begins; said before either thread starts. */
    void begin() {
        producing = true;
    }

    /** The producer has handed over what it will in this slice. */
    void end() {
        producing = false;
    }

    /** The consumer will take nothing any more. */
    void breakOff() {
        broken = true;
    }

    @SuppressWarnings("ThreadPriorityCheck") // a thread that parked would be late for its batch
    private static void pause(int turn) {
        if (turn % SPINS == SPINS - 1) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }
}
