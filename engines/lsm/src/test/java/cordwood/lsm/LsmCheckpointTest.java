package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.flush.TrimsDuringLooks;
import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeededSteps;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import cordwood.testkit.disk.InterposedDisk;
import cordwood.testkit.disk.LinklessDisk;
import cordwood.testkit.disk.RecordingDisk;
import cordwood.testkit.mutant.Mutant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of a store that is being written. */
final class LsmCheckpointTest {

    private static final Space SPACE = new Space(3, "test");
    private static final Path STORE = Path.of("/disk/store").toAbsolutePath();
    private static final Path COPY = Path.of("/disk/copy").toAbsolutePath();

    private final CrashingDisk disk = new CrashingDisk(1);

    private static LsmStore open(Disk disk, Path directory) {
        StoreOptions options =
                Fixtures.options(
                        directory,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        "256KiB",
                        "wal-segment-size",
                        "256KiB");
        return LsmStore.open(options, LsmEnvironment.on(disk));
    }

    private static void put(LsmStore store, long stream, long first, int count) {
        try (WriteBatch batch = store.newBatch()) {
            for (int i = 0; i < count; i++) {
                batch.put(SPACE, stream, first + i, Bytes.random(stream * 1_000 + first + i, 200));
            }
            batch.attribute(SPACE, stream, 1, Bytes.of("up to " + (first + count - 1)));
            store.append(batch, Durability.WRITTEN).await();
        }
    }

    private static void trim(LsmStore store, long stream, long to) {
        try (WriteBatch batch = store.newBatch()) {
            batch.trim(SPACE, stream, to);
            store.append(batch, Durability.WRITTEN).await();
        }
    }

    private static List<Long> positions(LsmStore store, long stream) {
        List<Long> positions = new ArrayList<>();
        try (Cursor cursor =
                store.read(SPACE, stream, Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD)) {
            while (cursor.next()) {
                byte[] expected =
                        Bytes.array(Bytes.random(stream * 1_000 + cursor.position(), 200));
                assertThat(Bytes.array(cursor.value())).isEqualTo(expected);
                positions.add(cursor.position());
            }
        }
        return positions;
    }

    private static String attribute(LsmStore store, long stream) {
        var value = store.attribute(SPACE, stream, 1);
        return value == null ? "none" : Bytes.text(value);
    }

    @Test
    void copyIsTheStoreAsItWasAndLeadsItsOwnLife() {
        try (LsmStore store = open(disk, STORE)) {
            put(store, 1, 0, 500);
            put(store, 1, 500, 500);
            put(store, 2, 0, 100);
            trim(store, 2, 49);

            store.checkpoint(COPY);
            put(store, 1, 1_000, 10);
            trim(store, 1, 999);
            store.compact();

            try (LsmStore copy = open(disk, COPY)) {
                assertThat(positions(copy, 1)).hasSize(1_000).first().isEqualTo(0L);
                assertThat(positions(copy, 2)).hasSize(50).first().isEqualTo(50L);
                assertThat(attribute(copy, 1)).isEqualTo("up to 999");
                assertThat(copy.bounds(SPACE, 2).trimmedTo()).isEqualTo(49);
                put(copy, 1, 2_000, 1);
            }
            assertThat(positions(store, 1)).hasSize(10);
        }
        try (LsmStore copy = open(disk, COPY)) {
            assertThat(positions(copy, 1)).hasSize(1_001).last().isEqualTo(2_000L);
        }
    }

    @Test
    void copySurvivesPowerLoss() {
        try (LsmStore store = open(disk, STORE)) {
            put(store, 1, 0, 1_000);
            store.checkpoint(COPY);
            CrashingDisk after = disk.crash(7, 0);

            try (LsmStore copy = open(after, COPY)) {
                assertThat(positions(copy, 1)).hasSize(1_000);
            }
        }
    }

    @Test
    void tablesAreSharedWhereFilesCanHaveTwoNamesAndCopiedElsewhere(@TempDir Path root)
            throws IOException {
        Path linked = root.resolve("linked");
        Path copied = root.resolve("copied");
        Path directory = root.resolve("store");
        try (LsmStore store = open(Disk.real(), directory)) {
            put(store, 1, 0, 1_000);
            store.checkpoint(linked);
        }
        try (LsmStore store = open(new LinklessDisk(Disk.real()), directory)) {
            store.checkpoint(copied);
        }
        List<Path> tables = Damage.files(Disk.real(), directory, ".table");
        assertThat(tables).isNotEmpty();
        for (Path table : tables) {
            assertThat(Files.isSameFile(table, linked.resolve(table.getFileName()))).isTrue();
            Path copy = copied.resolve(table.getFileName());
            assertThat(Files.isSameFile(table, copy)).isFalse();
            assertThat(copy).hasSameBinaryContentAs(table);
        }
        try (LsmStore store = open(Disk.real(), directory)) { // which rids it of what it had
            trim(store, 1, 2_000);
            store.compact();
            assertThat(positions(store, 1)).isEmpty();
        }
        for (Path target : List.of(linked, copied)) {
            try (LsmStore copy = open(Disk.real(), target)) {
                assertThat(positions(copy, 1)).hasSize(1_000);
            }
        }
    }

    /** Whatever is left of the copy by a power loss or a kill between any two calls. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void partOfACopyNeverPassesForAStore(boolean links) {
        List<CrashingDisk> found = new ArrayList<>();
        RecordingDisk recording =
                new RecordingDisk(
                        disk,
                        entry -> {
                            if (entry.call().path().startsWith(COPY)) {
                                for (int percent : List.of(0, 50, 100)) {
                                    found.add(disk.crash(found.size(), percent));
                                }
                            }
                        });
        try (LsmStore store = open(links ? recording : new LinklessDisk(recording), STORE)) {
            put(store, 1, 0, 1_000);
            put(store, 2, 0, 10);
            store.checkpoint(COPY);
        }
        int whole = 0;
        for (CrashingDisk after : found) {
            if (after.exists(COPY.resolve("MANIFEST"))) {
                whole++;
                try (LsmStore copy = open(after, COPY)) {
                    assertThat(positions(copy, 1)).hasSize(1_000);
                    assertThat(positions(copy, 2)).hasSize(10);
                }
            } else if (!Damage.files(after, COPY, ".table").isEmpty()) {
                assertThatThrownBy(() -> open(after, COPY))
                        .isInstanceOf(StoreException.Corrupt.class);
            }
        }
        assertThat(whole).isPositive().isLessThan(found.size());
    }

    /** Does something once, on the thread of the checkpoint, where the first table is made. */
    private static final class Interjecting extends InterposedDisk {
        private final AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();

        private Interjecting(Disk under) {
            super(under);
        }

        @Override
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            boolean begins =
                    (call.operation() == DiskOperation.LINK
                                    || call.operation() == DiskOperation.CREATE)
                            && call.path().startsWith(COPY)
                            && call.fileName().endsWith(".table");
            Runnable made = begins ? meanwhile.getAndSet(null) : null;
            if (made != null) {
                made.run();
            }
            return super.onCall(call, file, body);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void trimsAndMergesGoOnMeanwhileAndTheTablesStayUntilTheCopyIsMade(boolean links) {
        SeededSteps steps = new SeededSteps(new Seed(1));
        Interjecting between = new Interjecting(links ? disk : new LinklessDisk(disk));
        StoreOptions options = Fixtures.options(STORE, StoreOptions.MEMORY_BUDGET_BYTES_MIN);
        Consumer<Commit> writing = commit -> steps.runUntil(commit::isDone);
        try (StoreUnderTest store =
                new StoreUnderTest(
                        () -> LsmStore.open(options, Fixtures.stepped(between, steps)), writing)) {
            store.putEach(1, 1, 2, 3);
            store.putEach(2, 1, 2);
            LsmStore lsm = (LsmStore) store.store();
            List<Path> during = new ArrayList<>();
            List<Long> tables = new ArrayList<>();
            between.meanwhile.set(() -> {
                store.trim(1, 3);
                store.trim(2, 2);
                lsm.flush();
                lsm.compact();
                during.addAll(Damage.files(disk, STORE, ".table"));
                tables.add(lsm.metrics().value(Metric.TABLES));
            });
            lsm.checkpoint(COPY);

            assertThat(store.positions(1)).isEmpty();
            try (StoreUnderTest copy = new StoreUnderTest(() -> open(disk, COPY))) {
                assertThat(copy.positions(1)).containsExactly(1L, 2L, 3L);
                assertThat(copy.positions(2)).containsExactly(1L, 2L);
            }
            assertThat(during)
                    .as("files of tables")
                    .hasSizeGreaterThan(tables.getFirst().intValue());
            assertThat(Damage.files(disk, STORE, ".table"))
                    .as("with the copy made")
                    .hasSize((int) lsm.metrics().value(Metric.TABLES));
        }
    }

    @Test
    void aStoreThatIsClosedMeanwhileLeavesAWholeCopyOrNone() throws InterruptedException {
        Interjecting between = new Interjecting(new LinklessDisk(disk));
        LsmStore store = open(between, STORE);
        put(store, 1, 0, 1_000);
        AtomicReference<Thread> closing = new AtomicReference<>();
        between.meanwhile.set(() -> {
            closing.set(Thread.startVirtualThread(store::close));
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    store.newBatch().close();
                                }
                            })
                    .isInstanceOf(StoreException.Closed.class);
        });
        var refusal = catchThrowableOfType(StoreException.class, () -> store.checkpoint(COPY));
        closing.get().join();

        if (refusal != null) {
            assertThat(refusal).isInstanceOf(StoreException.Closed.class);
        }
        assertThat(disk.exists(COPY)).isEqualTo(refusal == null);
        assertThat(disk.openFiles()).isEmpty();
        assertThat(disk.lockedDirectories()).isEmpty();
        open(disk, STORE).close();
        assertThat(Damage.files(disk, STORE, ".tmp")).isEmpty();
    }

    /** Turns a bit over in the manifest of a copy, under way to the disk. */
    private static final class Garbling extends InterposedDisk {
        private Garbling(Disk under) {
            super(under);
        }

        @Override
        protected void onWrite(DiskCall call, DiskFile file, ByteBuffer source) {
            boolean isManifest =
                    call.path().startsWith(COPY) && call.fileName().startsWith("MANIFEST");
            if (isManifest && source.remaining() > 4_200) {
                source.put(4_190, (byte) ~source.get(4_190));
            }
            super.onWrite(call, file, source);
        }
    }

    @Test
    void aManifestThatIsNotReadBackAsItWasWrittenMakesNoStore() {
        try (LsmStore store = open(new Garbling(disk), STORE)) {
            put(store, 1, 0, 1_000);

            assertThatThrownBy(() -> store.checkpoint(COPY))
                    .isInstanceOf(StoreException.Corrupt.class);
            assertThat(disk.exists(COPY)).isFalse();
            put(store, 1, 1_000, 1);
        }
    }

    @Test
    void aTableThatIsShorterThanOnRecordMakesNoCopy() {
        for (Disk on : List.of(disk, new LinklessDisk(disk))) {
            try (LsmStore store = open(on, STORE)) {
                put(store, 1, 0, 1_000);
                store.flush();
                Path table = Damage.files(disk, STORE, ".table").getFirst();
                byte[] whole = Damage.read(disk, table);
                Damage.truncate(disk, table, whole.length - 10);

                assertThatThrownBy(() -> store.checkpoint(COPY))
                        .isInstanceOf(StoreException.Corrupt.class);
                assertThat(disk.exists(COPY)).isFalse();
                Damage.overwrite(disk, table, 0, whole);
            }
        }
    }

    @Test
    void targetThatExistsOrLiesInTheStoreIsRefusedAndLeftAlone() {
        try (LsmStore store = open(disk, STORE)) {
            put(store, 1, 0, 10);
            store.checkpoint(COPY);
            List<Path> before = disk.list(COPY);

            assertThatThrownBy(() -> store.checkpoint(COPY))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> store.checkpoint(STORE.resolve("inside")))
                    .isInstanceOf(StoreException.Invalid.class);

            assertThat(disk.list(COPY)).isEqualTo(before);
            assertThat(disk.exists(STORE.resolve("inside"))).isFalse();
        }
    }

    @Test
    void targetThatALinkLeadsIntoTheStoreIsRefused(@TempDir Path root) throws IOException {
        Path directory = root.resolve("store");
        try (LsmStore store = open(Disk.real(), directory)) {
            put(store, 1, 0, 10);
            Path link = Files.createSymbolicLink(root.resolve("link"), directory);
            for (String inside : List.of("0000000000000abc.table", "new/inside")) {
                assertThatThrownBy(() -> store.checkpoint(link.resolve(inside)))
                        .isInstanceOf(StoreException.Invalid.class);
            }
            assertThat(directory).isDirectoryNotContaining(Files::isDirectory);
        }
    }

    @Test
    void directoriesWithNamesOfFilesAreNoneOfTheStores(@TempDir Path root) throws IOException {
        try (LsmStore store = open(Disk.real(), root)) {
            put(store, 1, 0, 10);
        }
        for (String name : List.of("0000000000000abc.table", "0000000000000abd.wal")) {
            Files.createDirectories(root.resolve(name).resolve("inside"));
        }
        try (LsmStore store = open(Disk.real(), root)) {
            assertThat(positions(store, 1)).hasSize(10);
        }
    }

    @Test
    void targetThatCannotBeMadeIsInvalidAndLeavesNoParents(@TempDir Path root) {
        try (LsmStore store = open(Disk.real(), root.resolve("store"))) {
            put(store, 1, 0, 10);
            Path parent = root.resolve("parent");
            Path target = parent.resolve("another").resolve("n".repeat(300));
            assertThatThrownBy(() -> store.checkpoint(target))
                    .isInstanceOf(StoreException.Invalid.class)
                    .hasMessageContaining("cannot be made");
            assertThat(parent).doesNotExist();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "IO_ERROR, true",
        "NO_SPACE, true",
        "IO_ERROR, false",
        "NO_SPACE, false",
        "SHORT_WRITE, false"
    })
    void failedCopyLeavesNothingAndTheStoreGoesOn(Fault.Kind kind, boolean links) {
        int failures = 0;
        boolean copied = false;
        while (!copied) {
            CrashingDisk under = new CrashingDisk(1);
            int call = failures + 1;
            Fault fault = new Fault(kind, call, false, of -> of.path().startsWith(COPY));
            FailingDisk failing = new FailingDisk(links ? under : new LinklessDisk(under), fault);
            try (LsmStore store = open(failing, STORE)) {
                put(store, 1, 0, 1_000);
                var failure =
                        catchThrowableOfType(StoreException.class, () -> store.checkpoint(COPY));
                copied = !failing.hasFailed();
                failures += copied ? 0 : 1;

                assertThat(failure == null).as("%s at call %d", kind, call).isEqualTo(copied);
                assertThat(under.exists(COPY)).as("%s at call %d", kind, call).isEqualTo(copied);
                if (failure instanceof StoreException.Full) {
                    assertThat(failure)
                            .hasMessageContaining("the disk of " + COPY + " is full")
                            .hasMessageContaining("choose a target on another disk")
                            .hasMessageNotContainingAny("trim streams", "not deleted");
                }
                put(store, 1, 1_000, 1);
                assertThat(positions(store, 1)).hasSize(1_001);
            }
        }
        assertThat(failures).isPositive();
    }

    @Test
    void aTrimThatComesMeanwhileTakesNothingFromTheCopy() {
        SeededSteps steps = new SeededSteps(new Seed(1));
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
        StoreOptions options = Fixtures.options(STORE, StoreOptions.MEMORY_BUDGET_BYTES_MIN);
        LsmEnvironment environment =
                LsmEnvironment.stepped(
                        disk,
                        steps,
                        done -> {
                            meanwhile.getAndSet(() -> {}).run();
                            steps.runUntil(done::isDone);
                        });
        Consumer<Commit> writing =
                commit -> {
                    while (!commit.isDone()) {
                        steps.runNamed("-commit");
                    }
                };
        try (StoreUnderTest store =
                new StoreUnderTest(() -> LsmStore.open(options, environment), writing)) {
            store.putEach(1, 1, 2, 3);
            meanwhile.set(() -> {
                steps.runNamed("-commit"); // which seals the memtable for the flush
                store.trim(1, 3);
            });
            ((LsmStore) store.store()).checkpoint(COPY);

            assertThat(store.positions(1)).isEmpty();
            try (StoreUnderTest copy = new StoreUnderTest(() -> open(disk, COPY))) {
                assertThat(copy.positions(1)).containsExactly(1L, 2L, 3L);
            }
            ((LsmStore) store.store()).compact();
            assertThat(store.store().metrics().value(Metric.TABLE_BYTES)).isLessThan(5_000);
        }
    }

    @Test
    void aTrimThatComesAsTheCheckpointBeginsTakesNothingFromTheCopy() {
        String trial = "aTrimThatNoHolderHasFlushedIsNotSeen";
        assertThat(new Mutant(TrimsDuringLooks.class).run(TrimsDuringLooks.class, trial)).isEmpty();
    }

    /** Makes another checkpoint of the same name where the first one begins. */
    private static final class Overtaking extends InterposedDisk {
        private final AtomicReference<@Nullable Runnable> other = new AtomicReference<>();

        private Overtaking(Disk under) {
            super(under);
        }

        @Override
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            boolean begins =
                    call.operation() == DiskOperation.CREATE_DIRECTORIES
                            && call.path().equals(COPY);
            Runnable made = begins ? other.getAndSet(null) : null;
            if (made != null) {
                made.run();
            }
            return super.onCall(call, file, body);
        }
    }

    @Test
    void ofTwoCheckpointsOfOneNameTheSecondIsRefusedAndTheFirstIsWhole() {
        Overtaking shared = new Overtaking(disk);
        try (LsmStore first = open(shared, STORE);
                LsmStore second = open(shared, STORE.resolveSibling("second"))) {
            put(first, 1, 0, 10);
            put(second, 2, 0, 10);
            shared.other.set(() -> second.checkpoint(COPY));

            assertThatThrownBy(() -> first.checkpoint(COPY))
                    .isInstanceOf(StoreException.Invalid.class);
            try (LsmStore copy = open(disk, COPY)) {
                assertThat(positions(copy, 2)).hasSize(10);
            }
        }
    }

    @Test
    void checkpointOfAClosedStoreIsRefused() {
        LsmStore store = open(disk, STORE);
        store.close();

        assertThatThrownBy(() -> store.checkpoint(COPY)).isInstanceOf(StoreException.Closed.class);
        assertThat(disk.exists(COPY)).isFalse();
    }
}
