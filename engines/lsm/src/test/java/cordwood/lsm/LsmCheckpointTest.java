package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cordwood.files.Disk;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.FailingDisk;
import cordwood.testkit.disk.Fault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    @ParameterizedTest
    @EnumSource(names = {"IO_ERROR", "NO_SPACE", "SHORT_WRITE"})
    void failedCopyLeavesNothingAndTheStoreGoesOn(Fault.Kind kind) {
        int failures = 0;
        boolean copied = false;
        while (!copied) {
            CrashingDisk under = new CrashingDisk(1);
            int call = failures + 1;
            Fault fault = new Fault(kind, call, false, of -> of.path().startsWith(COPY));
            FailingDisk failing = new FailingDisk(under, fault);
            try (LsmStore store = open(failing, STORE)) {
                put(store, 1, 0, 1_000);
                var failure =
                        catchThrowableOfType(StoreException.class, () -> store.checkpoint(COPY));
                copied = !failing.hasFailed();
                failures += copied ? 0 : 1;

                assertThat(failure == null).as("%s at call %d", kind, call).isEqualTo(copied);
                assertThat(under.exists(COPY)).as("%s at call %d", kind, call).isEqualTo(copied);
                put(store, 1, 1_000, 1);
                assertThat(positions(store, 1)).hasSize(1_001);
            }
        }
        assertThat(failures).isPositive();
    }

    @Test
    void checkpointOfAClosedStoreIsRefused() {
        LsmStore store = open(disk, STORE);
        store.close();

        assertThatThrownBy(() -> store.checkpoint(COPY)).isInstanceOf(StoreException.Closed.class);
        assertThat(disk.exists(COPY)).isFalse();
    }
}
