package cordwood.lsm.read;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.memtable.MemtablePool;
import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.store.StoreOptions;
import cordwood.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What was taken out of the version is let go of, whoever is the last to hold it back. */
public final class VersionsTest {

    private static final int ROUNDS = Boolean.getBoolean("cordwood.long") ? 2_000_000 : 50_000;

    private final Memory memory =
            Memory.open(MemoryOptions.ofBudget(StoreOptions.MEMORY_BUDGET_BYTES_MIN));
    private final Versions versions = new Versions(first());
    private final AtomicInteger told = new AtomicInteger();

    private Version first() {
        Account account = memory.budget().account("test");
        MemtablePool pool = new MemtablePool(memory.chunks(), account, account, 64 << 10, 1, 0);
        return new Version(Objects.requireNonNull(pool.tryTake()), List.of(), List.of(), List.of());
    }

    @AfterEach
    void close() {
        memory.close();
    }

    private void retire(Runnable action) {
        versions.replace(List.of(), List.of(), action);
    }

    @Test
    void whatNobodyReadsIsLetGoOfAtOnce() {
        AtomicBoolean gone = new AtomicBoolean();
        retire(() -> gone.set(true));
        assertThat(gone).isTrue();
        assertThat(versions.reclaim()).isFalse();
    }

    @Test
    void theAgeOfAReaderIsToldWhileItHoldsSomethingBack() {
        long ticket = versions.pin();
        assertThat(versions.oldestPinAgeNanos()).isZero();
        retire(() -> {});
        assertThat(versions.oldestPinAgeNanos()).isPositive();
        versions.unpin(ticket);
        assertThat(versions.oldestPinAgeNanos()).isZero();
    }

    @Test
    void theReaderThatHeldSomethingBackTellsAsItLeaves() {
        versions.whenReclaimable(told::incrementAndGet);
        AtomicBoolean gone = new AtomicBoolean();
        long ticket = versions.pin();
        retire(() -> gone.set(true));
        assertThat(gone).isFalse();
        assertThat(versions.reclaim()).isFalse();

        versions.unpin(ticket);
        assertThat(told).hasValue(1);
        assertThat(versions.reclaim()).isTrue();
        assertThat(gone).isTrue();

        versions.unpin(versions.pin());
        assertThat(told).as("nothing is held back any more").hasValue(1);
    }

    @Test
    void aReaderThatLeavesWhileOthersAreLetGoOfTellsAndIsNotWaitedFor() {
        versions.whenReclaimable(told::incrementAndGet);
        List<String> gone = new ArrayList<>();
        long early = versions.pin();
        AtomicLong late = new AtomicLong();
        retire(() -> {
            gone.add("first");
            versions.unpin(late.get());
            assertThat(told).hasValue(2);
            assertThat(versions.reclaim()).isTrue();
            gone.add("end of first");
        });
        versions.unpin(early);
        late.set(versions.pin());

        retire(() -> gone.add("second"));
        versions.reclaim();
        assertThat(gone).containsExactly("first", "second", "end of first");
    }

    @Test
    void whatFailsAsItIsLetGoOfHoldsNothingBack() {
        versions.whenReclaimable(told::incrementAndGet);
        try {
            retire(() -> {
                throw new IllegalStateException("thrown by a test");
            });
        } catch (IllegalStateException _) {
            // whoever retires or reclaims hears of it
        }
        versions.unpin(versions.pin());
        assertThat(told).hasValue(0);
    }

    @Test
    void nothingStaysWhenTwoLetGoAtOnce() throws Exception {
        AtomicLong gone = new AtomicLong();
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong passes = new AtomicLong();
        try (Threads threads = new Threads()) {
            threads.start(() -> {
                while (!done.get()) {
                    versions.reclaim();
                    passes.incrementAndGet();
                }
            });
            try {
                for (int round = 1; round <= ROUNDS; round++) {
                    retire(gone::incrementAndGet);
                    versions.reclaim();
                    if (gone.get() != round) {
                        long begun = passes.get();
                        while (passes.get() < begun + 2 && !threads.failed()) {
                            Thread.onSpinWait(); // until the other has finished what it was at
                        }
                    }
                    assertThat(gone.get()).isEqualTo(round);
                }
            } finally {
                done.set(true);
            }
        }
    }
}
