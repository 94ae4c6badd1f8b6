package cordwood.lsm.zstd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.lsm.LsmProvider;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider.Setting;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.ChildJvm;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store with blocks of this codec, where native access is granted and where it is not. */
final class ZstdStoreTest {

    private static final Space SPACE = new Space(3, "test");
    private static final int RECORDS = 2_000;

    @TempDir private Path root;

    private Path directory() {
        return root.resolve("store");
    }

    private static LocalStore open(Path directory, Map<String, String> options) {
        StoreOptions all =
                new StoreOptions(directory, StoreOptions.MEMORY_BUDGET_BYTES_MIN, options);
        return (LocalStore) new LsmProvider().open(all);
    }

    private void write() {
        try (LocalStore store = open(directory(), Map.of("cold-compression", "zstd"))) {
            for (int round = 0; round < 2; round++) {
                try (WriteBatch batch = store.newBatch()) {
                    for (int i = 0; i < RECORDS; i++) {
                        batch.put(SPACE, 1, round * RECORDS + i, value(round * RECORDS + i));
                    }
                    store.append(batch, Durability.DURABLE).await();
                }
                store.flush();
            }
            store.compact();
        }
    }

    private static MemorySegment value(long position) {
        return Bytes.of("request %d was answered after %d ms".formatted(position, position % 97));
    }

    private List<String> tables() {
        return new LsmInspection(StoreOptions.MEMORY_BUDGET_BYTES_MIN, () -> false)
                .verify(directory(), _ -> {}).files().stream()
                        .filter(file -> file.kind().equals("table"))
                        .map(file -> file.content())
                        .toList();
    }

    @Test
    void mergedBlocksAreCompressedWithItAndReadAgainUnderAnyOptions() {
        write();

        assertThat(tables())
                .singleElement()
                .satisfies(content ->
                        assertThat(content).matches("records, \\d+ blocks \\(\\d+ zstd\\), .*"));
        try (LocalStore store = open(directory(), Map.of());
                Cursor cursor =
                        store.read(SPACE, 1, Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD)) {
            for (int position = 0; position < 2 * RECORDS; position++) {
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.position()).isEqualTo(position);
                assertThat(Bytes.array(cursor.value())).isEqualTo(Bytes.array(value(position)));
            }
            assertThat(cursor.next()).isFalse();
        }
    }

    @Test
    void itIsExplainedAsUsable() {
        StoreOptions options =
                new StoreOptions(directory(), StoreOptions.MEMORY_BUDGET_BYTES_MIN, Map.of());
        assertThat(new LsmProvider().explain(options))
                .contains(new Setting("codecs", "raw lz4 deflate zstd", "all there are"));
    }

    @Test
    void withoutTheGrantTheStoreIsRefusedAtOpeningInOneLineThatSaysWhatToDo() {
        write();
        List<String> options = List.of("--illegal-native-access=deny");
        List<String> arguments = List.of(directory().toString());
        try (ChildJvm child = ChildJvm.start(options, OpenProcess.class, arguments)) {
            String told = child.line();
            assertThat(child.awaitExit(Duration.ofMinutes(5))).as(child.complaints()).isZero();
            assertThat(told)
                    .matches(
                            ".*\\.table has blocks compressed with zstd: native access is not"
                                    + " granted: start java with"
                                    + " --enable-native-access=ALL-UNNAMED");
            assertThat(child.complaints()).as("nothing native was touched").isEmpty();
        }
        assertThatThrownBy(() -> open(root.resolve("other"), Map.of("compression", "zsdt")))
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessageContaining("zstd");
    }

    /** Opens a store and prints why it is refused. */
    static final class OpenProcess {

        private OpenProcess() {}

        @SuppressWarnings("SystemOut") // the parent reads it
        public static void main(String... arguments) {
            try (LocalStore store = open(Path.of(arguments[0]), Map.of())) {
                System.out.println("opened " + store);
            } catch (StoreException.Invalid e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
