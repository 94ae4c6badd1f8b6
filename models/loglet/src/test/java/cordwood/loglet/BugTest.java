package cordwood.loglet;

import static cordwood.loglet.LogletFixture.SEQUENCER;
import static cordwood.loglet.LogletFixture.records;
import static cordwood.loglet.LogletFixture.seal;
import static cordwood.loglet.LogletFixture.store;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.loglet.LogletFixture.Asked;
import cordwood.store.StepExecutor;
import cordwood.testkit.Poll;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is thrown inside a worker before the store has anything stops no writes. */
class BugTest {

    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    private final LogletFixture loglet = new LogletFixture();

    @AfterEach
    void close() {
        loglet.close();
    }

    @Test
    void clockThatThrowsAtASealDoesNotKeepItFromBeingMade() {
        AtomicInteger instants = new AtomicInteger();
        InstantSource throwsAtFirst =
                new InstantSource() {
                    @Override
                    public Instant instant() {
                        if (instants.getAndIncrement() == 0) {
                            throw new IllegalStateException("thrown by a test");
                        }
                        return NOW;
                    }

                    @Override
                    public long millis() {
                        return NOW.toEpochMilli();
                    }
                };
        loglet.reopen(loglet.options().withClock(throwsAtFirst));
        loglet.stored(1, 1);
        assertThat(loglet.ask(seal()).status()).isEqualTo(Status.OK);
        assertThat(loglet.ask(LogletFixture.repair(2, 1)).status()).isEqualTo(Status.OK);
        assertThat(loglet.sealText()).isEqualTo(NOW.toString());
    }

    @Test
    void bugBeforeAnAppendRefusesThatRequestAlone() {
        loglet.settle();
        loglet.store()
                .refuseCallsWith(() -> {
                    throw new IllegalStateException("thrown by a test");
                });
        assertThat(loglet.ask(store(1, 1)).status()).isEqualTo(Status.DISABLED);
        loglet.store().refuseCallsWith(() -> null);
        loglet.stored(1, 1);
        assertThat(loglet.everything()).isEqualTo("1 next 2");
    }

    @Test
    void fullHeapInTheMiddleOfAStepStopsNothing() {
        AtomicReference<@Nullable String> thrower = new AtomicReference<>();
        StepExecutor virtual = StepExecutor.virtualThreads();
        StepExecutor failing =
                (name, step) -> {
                    StepExecutor.Handle handle = virtual.start(name, step);
                    return new StepExecutor.Handle() {
                        @Override
                        public void wake() {
                            String armed = thrower.get();
                            if (Thread.currentThread().getName().equals(armed)
                                    && thrower.compareAndSet(armed, null)) {
                                throw new OutOfMemoryError("thrown by a test");
                            }
                            handle.wake();
                        }

                        @Override
                        public void close() {
                            handle.close();
                        }
                    };
                };
        loglet.reopen(loglet.options().withSteps(failing));
        LogletWorker one = loglet.server().worker(1);
        LogletWorker two = loglet.server().worker(2);
        loglet.store().hold();
        Asked landing = ask(two, store(2, 1, records(1, 1)));
        settle(two);
        loglet.store().hasRoom(false);
        Asked waiting = ask(one, store(1, 1, records(1, 1)));
        settle(one);

        thrower.set("loglet-2"); // which tells the other that there may be room
        loglet.store().release();
        assertThat(landing.status()).isEqualTo(Status.OK);
        Poll.until("it has thrown", () -> thrower.get() == null);

        loglet.store().hasRoom(true);
        assertThat(waiting.status()).isEqualTo(Status.OK);
        assertThat(ask(two, store(2, 2, records(2, 1))).status()).isEqualTo(Status.OK);
    }

    private static Asked ask(LogletWorker worker, Request request) {
        Asked asked = new Asked();
        worker.submit(SEQUENCER, request, asked);
        return asked;
    }

    private static void settle(LogletWorker worker) {
        ask(worker, new Request.GetLogletInfo(RequestHeader.of(worker.logletId()))).response();
    }
}
