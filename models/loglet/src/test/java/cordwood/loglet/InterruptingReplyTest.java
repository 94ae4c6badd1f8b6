package cordwood.loglet;

import static cordwood.loglet.LogletFixture.SEQUENCER;
import static cordwood.loglet.LogletFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.Poll;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Others' code that leaves its thread interrupted harms nobody who comes after. */
class InterruptingReplyTest {

    private static final Request INFO = new Request.GetLogletInfo(header());

    private final LogletFixture loglet = new LogletFixture();

    @AfterEach
    void close() {
        loglet.close();
    }

    @Test
    void nextReplyDoesNotHearOfTheInterruptAndTheWorkerParks() throws Exception {
        CompletableFuture<Boolean> heard = new CompletableFuture<>();
        AtomicReference<Thread> thread = new AtomicReference<>(Thread.currentThread());
        loglet.store().hold();
        for (int i = 1; i <= 2; i++) { // answered in one pass
            loglet.ask(LogletFixture.store(i, 1));
        }
        loglet.worker()
                .submit(
                        SEQUENCER,
                        LogletFixture.waitFor(new TailQuery.LocalTail(2)),
                        _ -> Thread.currentThread().interrupt());
        loglet.worker()
                .submit(
                        SEQUENCER,
                        LogletFixture.waitFor(new TailQuery.LocalTail(2)),
                        _ -> {
                            thread.set(Thread.currentThread());
                            heard.complete(Thread.currentThread().isInterrupted());
                        });
        loglet.store().release();
        assertThat(heard.get(2, TimeUnit.MINUTES)).isFalse();
        Poll.until("it parks", () -> thread.get().getState() == Thread.State.WAITING);
    }

    @Test
    void interruptOfWhoSubmitsIsKeptWhereTheReplyComesAtOnce() {
        LogletWorker worker = loglet.worker();
        loglet.server().beginClose();
        Poll.until(
                "it is closed",
                () -> {
                    CompletableFuture<Thread> by = new CompletableFuture<>();
                    worker.submit(
                            SEQUENCER,
                            INFO,
                            _ -> {
                                by.complete(Thread.currentThread());
                                Thread.currentThread().interrupt();
                            });
                    boolean isHere = by.join().equals(Thread.currentThread());
                    assertThat(Thread.interrupted()).isEqualTo(isHere);
                    return isHere;
                });
    }

    @Test
    void clockThatLeavesAnInterruptDoesNotKeepItsThreadFromParking() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<Boolean> heard = new CompletableFuture<>();
        InstantSource interrupting =
                new InstantSource() {
                    @Override
                    public Instant instant() {
                        return Instant.EPOCH;
                    }

                    @Override
                    public long millis() {
                        Thread me = Thread.currentThread();
                        if (me.getName().equals("loglet-clock")) {
                            if (asked.getAndIncrement() == 0) {
                                me.interrupt();
                            } else {
                                heard.complete(me.isInterrupted());
                            }
                        }
                        return 0;
                    }
                };
        loglet.reopen(loglet.options().withClock(interrupting));
        assertThat(heard.get(2, TimeUnit.MINUTES)).isFalse();
    }
}
