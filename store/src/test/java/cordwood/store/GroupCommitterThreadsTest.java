package cordwood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The committer under real threads. */
@Timeout(60)
final class GroupCommitterThreadsTest {

    private static final int RACE_ROUNDS = Boolean.getBoolean("cordwood.long") ? 5_000 : 200;

    private final HeldWriter writer = new HeldWriter();

    private GroupCommitter committer(int inFlightBatchesMax, Duration admissionTimeout) {
        return committer(inFlightBatchesMax, admissionTimeout, StepExecutor.virtualThreads());
    }

    private GroupCommitter committer(
            int inFlightBatchesMax, Duration admissionTimeout, StepExecutor steps) {
        return new GroupCommitter(
                "test",
                writer,
                new GroupCommitter.Limits(
                        1 << 20, 64, 1 << 20, inFlightBatchesMax, admissionTimeout),
                steps);
    }

    private static <T> FutureTask<T> start(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        Thread.ofVirtual().start(task);
        return task;
    }

    private static void awaitState(Thread thread, Thread.State state) {
        while (thread.getState() != state) {
            assertThat(thread.getState()).isNotEqualTo(Thread.State.TERMINATED);
            LockSupport.parkNanos(100_000);
        }
    }

    /** Starts an append that finds no room, and returns once it waits. */
    private static FutureTask<Commit> startWaiting(GroupCommitter committer, long position) {
        FutureTask<Commit> task =
                new FutureTask<>(
                        () -> committer.append(StubBatch.of(position, 1), Durability.WRITTEN));
        awaitState(Thread.ofPlatform().daemon().start(task), Thread.State.TIMED_WAITING);
        return task;
    }

    @Test
    void aGroupGathersWhileTheOneBeforeIsWritten() {
        try (GroupCommitter committer = committer(64, Duration.ofMinutes(2))) {
            writer.hold();
            committer.append(StubBatch.of(1, 10), Durability.WRITTEN);
            writer.awaitWrite();
            Commit last = null;
            for (long position = 2; position <= 30; position++) {
                last = committer.append(StubBatch.of(position, 10), Durability.WRITTEN);
            }
            writer.letGo();
            if (last != null) {
                last.await();
            }
            assertThat(writer.groups())
                    .extracting(group -> group.positions().size())
                    .containsExactly(1, 29);
        }
    }

    @Test
    void aListenerDoesNotMeetTheInterruptThatOneBeforeHasLeft() throws Exception {
        CompletableFuture<Boolean> met = new CompletableFuture<>();
        try (GroupCommitter committer = committer(64, Duration.ofMinutes(2))) {
            writer.hold();
            committer
                    .append(StubBatch.of(1, 1), Durability.WRITTEN)
                    .whenDone(_ -> Thread.currentThread().interrupt());
            committer
                    .append(StubBatch.of(2, 1), Durability.WRITTEN)
                    .whenDone(_ -> met.complete(Thread.currentThread().isInterrupted()));
            writer.letGo();
            assertThat(met.get()).isFalse();
        }
    }

    @Test
    void appendWaitsForRoomAndGoesOn() throws Exception {
        try (GroupCommitter committer = committer(2, Duration.ofMinutes(2))) {
            writer.hold();
            for (long position = 1; position <= 2; position++) {
                committer.append(StubBatch.of(position, 1), Durability.WRITTEN);
            }
            FutureTask<Commit> waiting = startWaiting(committer, 3);
            assertThatThrownBy(() -> committer.tryAppend(StubBatch.of(4, 1), Durability.WRITTEN))
                    .isInstanceOf(StoreException.Busy.class);
            writer.letGo();
            waiting.get(2, TimeUnit.MINUTES).await();
            assertThat(writer.positions()).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void appendIsRefusedAfterTheDeadline() {
        try (GroupCommitter committer = committer(1, Duration.ofMillis(10))) {
            writer.hold();
            committer.append(StubBatch.of(1, 1), Durability.WRITTEN);
            long startNanos = System.nanoTime();
            assertThatThrownBy(() -> committer.append(StubBatch.of(2, 1), Durability.WRITTEN))
                    .isInstanceOf(StoreException.Busy.class);
            assertThat(System.nanoTime() - startNanos)
                    .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(10));
            writer.letGo();
        }
        assertThat(writer.positions()).containsExactly(1L);
    }

    @Test
    void anInterruptEndsTheWaitForRoomAndIsKept() throws Exception {
        try (GroupCommitter committer = committer(1, Duration.ofHours(1))) {
            writer.hold();
            committer.append(StubBatch.of(1, 1), Durability.WRITTEN);
            FutureTask<Boolean> keptInterrupt =
                    new FutureTask<>(() -> {
                        try {
                            committer.append(StubBatch.of(2, 1), Durability.WRITTEN);
                            return false;
                        } catch (StoreException.Busy e) {
                            return Thread.currentThread().isInterrupted();
                        }
                    });
            Thread waiting = Thread.ofPlatform().daemon().start(keptInterrupt);
            awaitState(waiting, Thread.State.TIMED_WAITING);
            waiting.interrupt();
            assertThat(keptInterrupt.get(2, TimeUnit.MINUTES)).isTrue();
            writer.letGo();
        }
        assertThat(writer.positions()).containsExactly(1L);
    }

    @Test
    void closeLetsWaitersForRoomGoWithARefusal() throws Exception {
        GroupCommitter committer = committer(1, Duration.ofHours(1));
        writer.hold();
        Commit accepted = committer.append(StubBatch.of(1, 1), Durability.WRITTEN);
        writer.awaitWrite();
        FutureTask<Commit> waiting = startWaiting(committer, 2);
        Thread closing = Thread.ofPlatform().daemon().start(committer::close);
        awaitState(closing, Thread.State.TIMED_WAITING);
        writer.letGo();
        closing.join();
        assertThat(accepted.failure()).isNull();
        assertThatThrownBy(() -> waiting.get(2, TimeUnit.MINUTES))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StoreException.Closed.class);
        assertThat(writer.positions()).containsExactly(1L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void appendRacingCloseIsRefusedOrCompletesAndNothingIsLost(boolean virtual) throws Exception {
        StepExecutor steps =
                virtual ? StepExecutor.virtualThreads() : StepExecutor.platformThreads();
        for (int round = 0; round < RACE_ROUNDS; round++) {
            HeldWriter roundWriter = new HeldWriter();
            GroupCommitter committer =
                    new GroupCommitter(
                            "race",
                            roundWriter,
                            new GroupCommitter.Limits(
                                    1 << 20, 4, 1 << 20, 8, Duration.ofMinutes(2)),
                            steps);
            ConcurrentLinkedQueue<Commit> accepted = new ConcurrentLinkedQueue<>();
            List<FutureTask<Boolean>> appenders = new ArrayList<>();
            for (int appender = 0; appender < 3; appender++) {
                appenders.add(start(() -> appendUntilClosed(committer, accepted)));
            }
            while (accepted.size() < round % 7) {
                Thread.onSpinWait();
            }
            committer.close();
            for (FutureTask<Boolean> appender : appenders) {
                assertThat(appender.get(2, TimeUnit.MINUTES)).isTrue();
            }
            assertThat(accepted).allMatch(Commit::isDone);
            assertThat(roundWriter.positions()).hasSize(accepted.size());
            assertThat(accepted.stream().mapToLong(Commit::sequence).sorted().boxed())
                    .isEqualTo(LongStream.rangeClosed(1, accepted.size()).boxed().toList());
        }
    }

    private static boolean appendUntilClosed(
            GroupCommitter committer, ConcurrentLinkedQueue<Commit> accepted) {
        for (long position = 0; ; position++) {
            try {
                accepted.add(committer.append(StubBatch.of(position, 1), Durability.WRITTEN));
            } catch (StoreException.Closed e) {
                return true;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoAwaitsIsWokenHoweverItRacesTheCommitter(boolean virtual) {
        StepExecutor steps =
                virtual ? StepExecutor.virtualThreads() : StepExecutor.platformThreads();
        try (GroupCommitter committer = committer(64, Duration.ofMinutes(2), steps)) {
            StubBatch batch = new StubBatch();
            for (int i = 0; i < 3_000; i++) {
                batch.clear();
                batch.put(StubBatch.SPACE, 1, i, MemorySegment.ofArray(new byte[1]));
                Commit commit = committer.append(batch, Durability.WRITTEN);
                if (i % 3 == 0) {
                    LockSupport.parkNanos(1_000);
                }
                commit.await();
            }
        }
        assertThat(writer.positions()).hasSize(3_000);
    }

    /** The committer completes a large group one by one; its room must be free from the first. */
    @Test
    void whoSawACommitOfAGroupDoneFindsRoomForTwo() {
        int inFlight = 1_024;
        int rounds = 1_000;
        StepExecutor steps = StepExecutor.platformThreads();
        try (GroupCommitter committer =
                new GroupCommitter(
                        "test",
                        writer,
                        new GroupCommitter.Limits(
                                1 << 20, inFlight, 1 << 20, inFlight, Duration.ZERO),
                        steps)) {
            for (int round = 0; round < rounds; round++) {
                StubBatch next = StubBatch.of(-1, 1);
                StubBatch afterNext = StubBatch.of(-2, 1);
                writer.hold();
                committer.tryAppend(StubBatch.of(0, 1), Durability.WRITTEN);
                writer.awaitWrite();
                Commit firstOfGroup = committer.tryAppend(StubBatch.of(1, 1), Durability.WRITTEN);
                for (int i = 2; i < inFlight; i++) {
                    committer.tryAppend(StubBatch.of(i, 1), Durability.WRITTEN);
                }
                writer.letGo();
                while (!firstOfGroup.isDone()) {
                    Thread.onSpinWait();
                }
                committer.tryAppend(next, Durability.WRITTEN);
                committer.tryAppend(afterNext, Durability.WRITTEN).await();
                writer.forgetEntries();
            }
        }
        assertThat(writer.positions()).hasSize((inFlight + 2) * rounds);
    }
}
