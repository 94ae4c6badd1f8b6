package cordwood.loglet;

import cordwood.baseline.ModelState;
import cordwood.baseline.ModelStore;
import cordwood.loglet.LogletFixture.Asked;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.testkit.FullHeap;
import cordwood.testkit.Poll;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The process of {@link FullHeapTest}: the heap is filled by the very thread that is to meet that,
 * and is given back by another some milliseconds later.
 */
final class FullHeapProcess {

    /** What is under way when the heap is filled. */
    enum When {
        /** A worker looks at a request to wait for a tail. */
        WAITER,
        /** A worker has told who stored, and is to tell those who wait for the tail. */
        LANDING,
        /** A worker has found no room in the store. */
        HELD,
        /** The clock tells workers the time. */
        CLOCK
    }

    private static final long FULL_NANOS = 20_000_000;
    private static final int WAITERS = 10;
    private static final int ROUNDS = 20;
    private static final String NOBODY = "nobody";

    @SuppressWarnings("StaticAssignmentOfThrowable") // not made where the heap is full
    private static final StoreException.Busy BUSY = new StoreException.Busy("by a test");

    /** Fills the gaps that nothing larger fits into. */
    private record Link(@Nullable Link next) {}

    private static final FullHeap HEAP = new FullHeap();
    private static @Nullable Link links;
    private static volatile boolean isFull;
    private static volatile String filler = NOBODY; // the thread that fills when it asks the time

    private static final InstantSource CLOCK =
            new InstantSource() {
                @Override
                public Instant instant() {
                    return Instant.EPOCH;
                }

                @Override
                public long millis() {
                    if (Thread.currentThread().getName().equals(filler)) {
                        filler = NOBODY;
                        fill();
                    }
                    return System.currentTimeMillis();
                }
            };

    private FullHeapProcess() {}

    static void main(String... arguments) {
        Thread.ofPlatform().daemon().start(FullHeapProcess::keepReleasing);
        RelayStore store =
                new RelayStore(
                        ModelStore.open(new ModelState(), false), StepExecutor.virtualThreads());
        try (LogletServer server =
                LogletServer.open(store, LogletOptions.DEFAULTS.withClock(CLOCK))) {
            When when = When.valueOf(arguments[0]);
            for (int round = 0; round < ROUNDS; round++) {
                Loglet loglet = new Loglet(store, server.worker(1 + round));
                loglet.storeTwo(); // Java tries only once to link what has not run before
                switch (when) {
                    case WAITER -> loglet.waitsOnAFullHeap();
                    case LANDING -> loglet.landsOnAFullHeap();
                    case HELD -> loglet.isHeldOnAFullHeap();
                    case CLOCK -> loglet.timePassesOnAFullHeap();
                }
                loglet.storeTwo();
                require(server.inFlightBytes() == 0, "in flight is " + server.inFlightBytes());
            }
        }
        store.close();
    }

    private static void fill() {
        HEAP.fill(0);
        try {
            while (true) {
                links = new Link(links);
            }
        } catch (OutOfMemoryError _) {
            isFull = true;
        }
    }

    private static void keepReleasing() {
        while (true) {
            LockSupport.parkNanos(FULL_NANOS);
            if (isFull) {
                LockSupport.parkNanos(FULL_NANOS);
                links = null;
                HEAP.release();
                isFull = false;
            }
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }

    private static final class Loglet {
        private final RelayStore store;
        private final LogletWorker worker;
        private long next = LogletOffset.OLDEST;

        Loglet(RelayStore store, LogletWorker worker) {
            this.store = store;
            this.worker = worker;
        }

        private Asked ask(Request request) {
            Asked asked = new Asked();
            worker.submit(LogletFixture.SEQUENCER, request, asked);
            return asked;
        }

        private RequestHeader header() {
            return RequestHeader.of(worker.logletId());
        }

        private Request store(long offset) {
            return LogletFixture.store(worker.logletId(), offset, LogletFixture.records(offset, 1));
        }

        private Request waiter(long target) {
            return new Request.WaitForTail(header(), new TailQuery.LocalTail(target));
        }

        /** With one who waits and one for whom there is no room at first. */
        void storeTwo() {
            Asked waiter = ask(waiter(next + 2));
            for (int i = 0; i < 2; i++) {
                store.refuseCallsWith(busyOnce());
                Asked stored = ask(store(next++));
                require(stored.status() == Status.OK, "a store was " + stored.header());
            }
            require(waiter.status() == Status.OK, "a waiter was " + waiter.header());
        }

        private static Supplier<@Nullable StoreException> busyOnce() {
            AtomicInteger left = new AtomicInteger(1);
            return () -> left.getAndDecrement() > 0 ? BUSY : null;
        }

        private String thread() {
            return "loglet-" + worker.logletId();
        }

        void waitsOnAFullHeap() {
            filler = thread();
            Asked waiter = ask(waiter(next + 1));
            Poll.until("the heap was full", () -> filler.equals(NOBODY) && !isFull);
            Asked stored = ask(store(next++));
            require(stored.status() == Status.OK, "a store was " + stored.header());
            require(
                    waiter.status() == Status.OK || waiter.status() == Status.DROPPED,
                    "the waiter was " + waiter.header());
        }

        void landsOnAFullHeap() {
            List<Asked> waiters = new ArrayList<>();
            for (int i = 0; i < WAITERS; i++) {
                waiters.add(ask(waiter(next + 1)));
            }
            ask(new Request.GetLogletInfo(header())).response();
            worker.submit(LogletFixture.SEQUENCER, store(next++), _ -> fill());
            for (Asked waiter : waiters) {
                require(waiter.status() == Status.OK, "a waiter was " + waiter.header());
            }
        }

        void isHeldOnAFullHeap() {
            store.refuseCallsWith(() -> {
                if (filler.equals("armed")) {
                    filler = Thread.currentThread().getName();
                    return BUSY;
                }
                return null;
            });
            filler = "armed";
            Asked stored = ask(store(next));
            boolean isStored = stored.status() == Status.OK;
            require(
                    isStored || stored.status() == Status.DROPPED,
                    "a store was " + stored.header());
            next += isStored ? 1 : 0;
            Asked inOrder = ask(store(next));
            require(inOrder.status() == Status.OK, "the next was " + inOrder.header());
            next++;
            long tail = ask(new Request.GetLogletInfo(header())).header().localTail();
            require(tail == next, "the tail is " + tail + " and not " + next);
        }

        void timePassesOnAFullHeap() {
            filler = "loglet-clock";
            Poll.until("the heap was full", () -> filler.equals(NOBODY) && !isFull);
            long soonMillis = System.currentTimeMillis() + 1;
            Asked waiter =
                    ask(
                            new Request.WaitForTail(
                                    header(), new TailQuery.LocalTail(next + 9), soonMillis));
            require(waiter.status() == Status.DROPPED, "the waiter was " + waiter.header());
        }
    }
}
