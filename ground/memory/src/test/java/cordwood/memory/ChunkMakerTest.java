package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class ChunkMakerTest {

    private static final int MIB = 1 << 20;
    private static final MemoryOptions SMALL = new MemoryOptions(16 * MIB, MIB, false);

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    @Test
    void noCallerMakesAChunk() {
        try (Memory memory =
                Memory.open(
                        SMALL,
                        bytes -> {
                            assertThat(Thread.currentThread().getName())
                                    .isEqualTo("cordwood-chunks");
                            return ChunkSource.system(bytes);
                        })) {
            Account account = memory.budget().account("test");
            for (int i = 0; i < 20; i++) {
                memory.chunks().region(account, 200_000);
            }
            memory.chunks().region(account, 3 * MIB);
            assertThat(memory.chunks().callerChunks()).isZero();
            assertThat(memory.chunks().makerWaits()).isPositive();
            assertThat(memory.chunks().makerWaitNanos()).isPositive();
        }
    }

    @Test
    void refusalOfTheSystemReachesTheCallerAndLeavesNothingReserved() {
        try (Memory memory =
                Memory.open(
                        SMALL,
                        bytes -> {
                            throw new OutOfMemoryError("injected");
                        })) {
            Account account = memory.budget().account("test");
            assertThatThrownBy(() -> memory.chunks().region(account, 10))
                    .isInstanceOf(ChunkRefused.class)
                    .hasRootCauseMessage("injected");
            assertThatThrownBy(() -> memory.chunks().region(account, 3 * MIB))
                    .isInstanceOf(ChunkRefused.class);
            assertThat(memory.budget().usedBytes()).isZero();
        }
    }

    @Test
    void chunkInTheMakingKeepsNobodyFromWhatIsThere() throws InterruptedException {
        Memory memory = Memory.open(SMALL, bytes -> slowFrom(2 * MIB, bytes));
        Account account = memory.budget().account("test");
        memory.chunks().region(account, 10);
        Thread large = Thread.startVirtualThread(() -> memory.chunks().region(account, 3 * MIB));
        begun.await();
        memory.chunks().region(account, 10).close();
        go.countDown();
        large.join();
        assertThat(account.usedBytes()).isEqualTo((64 << 10) + 3 * MIB);
        memory.close();
    }

    @Test
    void largeRegionIsMadeByItsCallerBesideTheMaker() throws InterruptedException {
        Memory memory =
                Memory.open(
                        new MemoryOptions(128 * MIB, MIB, false),
                        bytes -> slowFrom(32 * MIB, bytes));
        Account account = memory.budget().account("test");
        Thread large = Thread.startVirtualThread(() -> memory.chunks().region(account, 32 * MIB));
        begun.await();
        memory.chunks().region(account, 10).close();
        memory.chunks().region(account, 3 * MIB).close();
        assertThat(memory.chunks().callerChunks()).isEqualTo(1);
        go.countDown();
        large.join();
        memory.close();
        assertThat(memory.budget().usedBytes()).isZero();
    }

    @Test
    void closeWaitsForTheChunkInTheMakingAndRefusesWhoWaitsForIt() throws InterruptedException {
        Memory memory = Memory.open(SMALL, bytes -> slowFrom(0, bytes));
        Account account = memory.budget().account("test");
        AtomicReference<@Nullable Throwable> refusal = new AtomicReference<>();
        Thread waiter =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                memory.chunks().region(account, 10);
                            } catch (IllegalStateException closed) {
                                refusal.set(closed);
                            }
                        });
        begun.await();
        Thread closer = Thread.ofPlatform().start(memory::close);
        until(() -> isWaitingInChunks(closer));
        assertThat(closer.isAlive()).isTrue();
        go.countDown();
        waiter.join();
        closer.join();
        assertThat(refusal.get()).hasMessage("memory is closed");
        assertThat(memory.chunks().nativeBytes()).isZero();
        assertThat(memory.budget().usedBytes()).isZero();
        memory.close();
    }

    @Test
    void chunkMadeAheadIsGivenBackBeforeAnybodyIsRefused() {
        try (Memory memory = Memory.open(SMALL)) {
            Account account = memory.budget().account("test");
            memory.chunks().region(account, 13 * Chunks.GRANULE_BYTES);
            until(() -> memory.chunks().chunksOpened() >= 2);
            memory.chunks().region(account, 14 * MIB + MIB / 2).close();
        }
    }

    @Test
    void steadyUseKeepsItsReadyChunk() {
        try (Memory memory = Memory.open(SMALL)) {
            Account account = memory.budget().account("test");
            memory.chunks().region(account, 13 * Chunks.GRANULE_BYTES);
            until(() -> memory.chunks().chunksOpened() >= 2);
            assertThat(memory.chunks().closeEmpty(Duration.ZERO, 9)).isZero();
        }
    }

    @Test
    void waiterWhoseChunkIsInTheMakingKeepsNothingMoreFromOthers() throws InterruptedException {
        Memory memory = Memory.open(SMALL, bytes -> slowFrom(2 * MIB, bytes));
        Account account = memory.budget().account("test");
        Account other = memory.budget().account("other");
        Thread large =
                Thread.startVirtualThread(() -> {
                    try {
                        memory.chunks().region(account, 9 * MIB, Duration.ofDays(1));
                    } catch (InterruptedException stop) {
                        Thread.currentThread().interrupt();
                    }
                });
        begun.await();
        assertThat(other.tryReserve(5 * MIB)).isTrue();
        other.release(5 * MIB);
        go.countDown();
        large.join();
        assertThat(account.usedBytes()).isEqualTo(9 * MIB);
        memory.close();
    }

    @Test
    void directBytesThatAreBeingMadeAheadAreWaitedForHoweverShortPatienceIs()
            throws InterruptedException {
        assertServedOnceTheChunkAheadIsMade(
                (memory, account) -> account.reserve(16 * MIB, Duration.ZERO));
    }

    @Test
    void regionInPlaceOfAChunkBeingMadeAheadIsWaitedForHoweverShortPatienceIs()
            throws InterruptedException {
        assertServedOnceTheChunkAheadIsMade((memory, account) ->
                memory.chunks().region(account, 15 * MIB + MIB / 2, Duration.ZERO));
    }

    private void assertServedOnceTheChunkAheadIsMade(Wish wish) throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        Memory memory =
                Memory.open(
                        SMALL,
                        bytes -> slowFrom(count.incrementAndGet() == 2 ? 0 : 2 * bytes, bytes));
        Account account = memory.budget().account("test");
        Region region = memory.chunks().region(account, 13 * Chunks.GRANULE_BYTES);
        begun.await();
        region.close();
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Thread asking =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                wish.make(memory, account);
                            } catch (Throwable refusal) {
                                thrown.set(refusal);
                            }
                        });
        until(() -> !asking.isAlive() || asking.getState() == Thread.State.TIMED_WAITING);
        go.countDown();
        asking.join();
        assertThat(thrown.get()).isNull();
        memory.close();
    }

    private interface Wish {
        void make(Memory memory, Account account) throws InterruptedException;
    }

    @Test
    void refusalOfAChunkAheadIsAFailureOfUpkeepAndNobodysRefusal() {
        AtomicInteger count = new AtomicInteger();
        try (Memory memory =
                Memory.open(
                        SMALL,
                        bytes -> {
                            if (count.incrementAndGet() == 2) {
                                throw new OutOfMemoryError("injected");
                            }
                            return ChunkSource.system(bytes);
                        })) {
            Account account = memory.budget().account("test");
            memory.chunks().region(account, 13 * Chunks.GRANULE_BYTES);
            until(() -> memory.upkeepFailures().count() > 0);
            assertThat(memory.upkeepFailure()).hasMessage("injected");
            assertThat(memory.budget().refusals()).isZero();
            memory.chunks().region(account, 3 * MIB).close();
        }
    }

    @Test
    void patienceOutlastsARefusalOfTheSystem() throws InterruptedException {
        AtomicInteger refused = new AtomicInteger();
        AtomicBoolean refusing = new AtomicBoolean(true);
        Memory memory =
                Memory.open(
                        SMALL,
                        bytes -> {
                            if (refusing.get()) {
                                refused.incrementAndGet();
                                throw new OutOfMemoryError("injected");
                            }
                            return ChunkSource.system(bytes);
                        });
        Account account = memory.budget().account("test");
        Thread patient =
                Thread.startVirtualThread(() -> {
                    try {
                        memory.chunks().region(account, 2 * MIB, Duration.ofDays(1));
                    } catch (InterruptedException stop) {
                        Thread.currentThread().interrupt();
                    }
                });
        until(() -> refused.get() > 4 || !patient.isAlive());
        refusing.set(false);
        patient.join();
        assertThat(account.usedBytes()).isEqualTo(2 * MIB);
        assertThat(memory.budget().refusals()).isZero();
        memory.close();
    }

    @Test
    void everyRefusalOfTheSystemThatReachesACallerIsCounted() {
        try (Memory memory =
                Memory.open(
                        SMALL,
                        bytes -> {
                            throw new OutOfMemoryError("injected");
                        })) {
            Account account = memory.budget().account("test");
            Chunks chunks = memory.chunks();
            assertThatThrownBy(() -> chunks.region(account, 10)).isInstanceOf(ChunkRefused.class);
            assertThatThrownBy(() -> chunks.tryRegion(account, 10))
                    .isInstanceOf(ChunkRefused.class);
            assertThatThrownBy(() -> chunks.region(account, 10, Duration.ofMillis(1)))
                    .isInstanceOf(ChunkRefused.class);
            assertThat(memory.budget().refusals()).isEqualTo(3);
            assertThat(memory.budget().usedBytes()).isZero();
        }
    }

    @Test
    void interruptOfTheMakerIsForgottenWithItsChunk() {
        AtomicBoolean interrupted = new AtomicBoolean();
        try (Memory memory =
                Memory.open(
                        SMALL,
                        bytes -> {
                            interrupted.compareAndSet(
                                    false, Thread.currentThread().isInterrupted());
                            Thread.currentThread().interrupt();
                            return ChunkSource.system(bytes);
                        })) {
            Account account = memory.budget().account("test");
            for (int i = 0; i < 4; i++) {
                memory.chunks().region(account, 2 * MIB);
            }
            assertThat(interrupted).isFalse();
        }
    }

    private Chunk slowFrom(long leastBytes, long bytes) {
        if (bytes >= leastBytes) {
            begun.countDown();
            try {
                go.await();
            } catch (InterruptedException stop) {
                throw new AssertionError(stop);
            }
        }
        return ChunkSource.system(bytes);
    }

    /** Not for upkeep to end, which comes before. */
    private static boolean isWaitingInChunks(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING
                && Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(Chunks.class.getName()));
    }

    private static void until(BooleanSupplier claim) {
        while (!claim.getAsBoolean()) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            Thread.onSpinWait();
        }
    }
}
