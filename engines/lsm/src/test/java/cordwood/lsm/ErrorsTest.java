package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.commit.HeapEndsInGroups;
import cordwood.lsm.commit.OverflowsInBatches;
import cordwood.lsm.flush.HeapEndsInFlushes;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StreamCursor;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.InterposedDisk;
import cordwood.testkit.mutant.Mutant;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R23: a heap or a stack that comes to its end in a call ends that call, and nothing else. */
@Tag("trial")
final class ErrorsTest {

    private static final int ROUNDS = FaultOpener.LONG ? 100 : 3;

    /** How many levels from the end of the stack something is called at. */
    private static final int LEVELS = FaultOpener.LONG ? 400 : 150;

    private static final Path DIRECTORY = Path.of("/disk/store").toAbsolutePath();

    private final CrashingDisk disk = new CrashingDisk(1);
    private final StoreUnderTest store = new StoreUnderTest(this::open);

    private LsmStore open() {
        return open(disk);
    }

    private static LsmStore open(Disk used) {
        StoreOptions options = Fixtures.options(DIRECTORY, StoreOptions.MEMORY_BUDGET_BYTES_MIN);
        return LsmStore.open(options, LsmEnvironment.on(used).with(Fixtures::smallChunks));
    }

    @Test
    void aBatchIsAsItWasWhereAnErrorComesOutOfAnEntry() {
        String trial = "whatWasAddedIsThereAndNothingElse";
        assertThat(new Mutant(OverflowsInBatches.class).run(OverflowsInBatches.class, trial))
                .isEmpty();
    }

    @Test
    void backgroundWorkThatFindsNoHeapTriesAgain() {
        Mutant mutant = new Mutant(HeapEndsInFlushes.class);
        for (String trial :
                List.of(
                        "flushesAndMergesAreRefusedAndGoOnOnceThereIsHeap",
                        "aStepThatIsGivenUpIsRunAgainAndWhoWaitsForItIsServed")) {
            assertThat(mutant.run(HeapEndsInFlushes.class, trial)).isEmpty();
        }
    }

    @Test
    void aGroupThatFindsNoHeapIsRefused() {
        String trial = "aGroupRefusedForRoomWhichFindsNoHeapEitherIsARefusalStill";
        assertThat(new Mutant(HeapEndsInGroups.class).run(HeapEndsInGroups.class, trial)).isEmpty();
    }

    /** Its caller may be the one who has the heap. */
    @Test
    void anOpeningEndsThoughTheHeapStaysFull() {
        HeaplessDisk heapless = new HeaplessDisk(disk);
        assertThatThrownBy(() -> open(heapless)).isInstanceOf(StoreException.Busy.class);
        requireThatAllGoesOn();
        assertThat(new FaultOpener().strayFiles(disk, DIRECTORY)).isEmpty();
    }

    /** As if the heap were full from the moment on that a segment was made. */
    private static final class HeaplessDisk extends InterposedDisk {
        private boolean full;

        private HeaplessDisk(Disk under) {
            super(under);
        }

        @Override
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            full |=
                    call.operation() == DiskOperation.PREALLOCATE
                            && call.fileName().contains(".wal");
            if (full && call.operation() != DiskOperation.UNLOCK) {
                throw new OutOfMemoryError("thrown by a test");
            }
            return body.get();
        }
    }

    /** Calls something at every level near the end of a stack. */
    private static final class StackEnd {
        private final Runnable call;
        private int levels = LEVELS;
        private int overflows;
        private @Nullable Throwable failure;

        private StackEnd(Runnable call) {
            this.call = call;
        }

        private void down() {
            if (levels == LEVELS) {
                try {
                    down();
                } catch (StackOverflowError _) {
                    // the deepest level
                }
            }
            if (levels > 0) {
                levels--;
                try {
                    call.run();
                } catch (StackOverflowError _) {
                    overflows++;
                } catch (RuntimeException | Error e) {
                    failure = failure == null ? e : failure;
                }
            }
        }
    }

    private void atTheEndOfAStack(Runnable call) throws InterruptedException {
        int overflows = 0;
        for (int round = 0; round < ROUNDS; round++) {
            StackEnd end = new StackEnd(call);
            Thread thread = new Thread(null, end::down, "stack end", (300L + 7L * round) << 10);
            thread.start();
            thread.join();
            assertThat(end.failure).isNull();
            overflows += end.overflows;
        }
        assertThat(overflows).isGreaterThan(ROUNDS);
    }

    private void requireThatAllGoesOn() {
        store.put(9, 1, "goes on");
        ((LocalStore) store.store()).compact();
        assertThat(store.positions(9)).containsExactly(1L);
        store.reopen();
        assertThat(store.positions(9)).containsExactly(1L);
        store.close();
    }

    @Test
    void appendsAtTheEndOfAStackLeaveNobodyWaiting() throws InterruptedException {
        store.store();
        atTheEndOfAStack(() -> {
            WriteBatch batch = store.newBatch();
            batch.put(StoreUnderTest.SPACE, 1, 1, Bytes.of("deep"));
            try {
                store.store().append(batch, Durability.WRITTEN);
            } catch (StoreException.Busy _) {
                // much is under way
            }
        });
        requireThatAllGoesOn();
    }

    @Test
    void readsAtTheEndOfAStackKeepNothing() throws InterruptedException {
        store.putEach(1, 1, 2, 3);
        ((LocalStore) store.store()).flush();
        store.putEach(1, 4, 5);
        for (Runnable call :
                List.<Runnable>of(
                        () -> store.store().bounds(StoreUnderTest.SPACE, 1),
                        () -> store.store().attribute(StoreUnderTest.SPACE, 1, 1),
                        () -> store.positions(1),
                        () -> {
                            try (StreamCursor cursor =
                                    store.store().streams(StoreUnderTest.SPACE)) {
                                cursor.next();
                            }
                        })) {
            atTheEndOfAStack(call);
        }
        requireThatAllGoesOn();
    }

    @Test
    void flushesAtTheEndOfAStackLeaveNobodyWaiting() throws InterruptedException {
        store.put(1, 1, "one");
        atTheEndOfAStack(() -> ((LocalStore) store.store()).flush());
        atTheEndOfAStack(() -> ((LocalStore) store.store()).compact());
        requireThatAllGoesOn();
    }

    @Test
    void whatIsOpenedAtTheEndOfAStackIsTheCallersOrNobodys() throws InterruptedException {
        atTheEndOfAStack(() -> open().close());
        requireThatAllGoesOn();
    }

    @Test
    void aCloseAtTheEndOfAStackClosesOrDoesNothing() throws InterruptedException {
        store.put(9, 1, "goes on");
        atTheEndOfAStack(() -> store.store().close());
        store.close();
        requireThatAllGoesOn();
    }
}
