package cordwood.loglet;

import com.sun.management.ThreadMXBean;
import cordwood.baseline.ModelState;
import cordwood.baseline.ModelStore;
import cordwood.loglet.LogletFixture.Asked;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.testkit.FullHeap;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.InstantSource;
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
        /** Those who wait for a tail are told. */
        TELLING,
        /** A worker has found no room in the store. */
        HELD,
        /** The clock tells workers the time. */
        CLOCK
    }

    private static final long FULL_NANOS = 200_000_000; // some collections of all
    private static final int WAITERS = 10;
    private static final int ROUNDS = 3;
    private static final String NOBODY = "nobody";

    @SuppressWarnings("StaticAssignmentOfThrowable") // not made where the heap is full
    private static final StoreException.Busy BUSY = new StoreException.Busy("by a test");

    /** Fills the gaps that nothing larger fits into. */
    private record Link(@Nullable Link next) {}

    private static final FullHeap HEAP = new FullHeap();
    private static @Nullable Link links;
    private static volatile boolean isFull;
    private static volatile int releases; // written by the thread that releases
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
        links = new Link(null); // has the class loaded
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
                    case TELLING -> requireTellingToTakeNoHeap();
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
        try {
            HEAP.fill(0);
            while (true) {
                links = new Link(links);
            }
        } catch (OutOfMemoryError _) {
            // it is full
        } finally {
            isFull = true;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    private static void keepReleasing() {
        while (true) {
            LockSupport.parkNanos(1_000_000);
            if (isFull) {
                LockSupport.parkNanos(FULL_NANOS);
                isFull = false;
                links = null;
                HEAP.release();
                releases++;
            }
        }
    }

    private static void requireTellingToTakeNoHeap() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        LogletState state =
                new LogletState(
                        1,
                        LogletOffset.OLDEST,
                        LogletOffset.OLDEST,
                        LogletOffset.INVALID,
                        null,
                        false);
        TailWaiters waiters = new TailWaiters(state, (_, _) -> {});
        long takenBytes = 0;
        for (int round = 0; round < 2; round++) { // of which the first links
            for (int i = 0; i < WAITERS; i++) {
                TailQuery query = new TailQuery.LocalTail(state.localTail() + 1);
                Task task =
                        new Task(LogletFixture.SEQUENCER, LogletFixture.waitFor(query), _ -> {});
                task.deadlineMillis = Long.MAX_VALUE;
                waiters.add(query, task, false, 0);
            }
            state.storeCommitted(state.localTail());
            long beforeBytes = threads.getCurrentThreadAllocatedBytes();
            waiters.tailsRose();
            takenBytes = threads.getCurrentThreadAllocatedBytes() - beforeBytes;
        }
        require(takenBytes == 0, "telling takes bytes: " + takenBytes);
    }

    /** Takes no heap. */
    private static void awaitRelease(int before) {
        while (releases == before) {
            LockSupport.parkNanos(1_000_000);
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
            int before = releases;
            filler = thread();
            Asked waiter = ask(waiter(next + 1));
            awaitRelease(before);
            Asked stored = ask(store(next++));
            require(stored.status() == Status.OK, "a store was " + stored.header());
            require(
                    waiter.status() == Status.OK || waiter.status() == Status.DROPPED,
                    "the waiter was " + waiter.header());
        }

        void isHeldOnAFullHeap() {
            int before = releases;
            store.refuseCallsWith(() -> {
                if (filler.equals("armed")) {
                    filler = Thread.currentThread().getName();
                }
                return releases == before ? BUSY : null;
            });
            filler = "armed";
            Asked stored = ask(store(next));
            awaitRelease(before);
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
            int before = releases;
            filler = "loglet-clock";
            awaitRelease(before);
            long soonMillis = System.currentTimeMillis() + 1;
            Asked waiter =
                    ask(
                            new Request.WaitForTail(
                                    header(), new TailQuery.LocalTail(next + 9), soonMillis));
            require(waiter.status() == Status.DROPPED, "the waiter was " + waiter.header());
        }
    }
}
