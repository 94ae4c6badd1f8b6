package cordwood.bench.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.bench.BenchException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptDirectoryTest {

    @TempDir Path directory;

    @Test
    void storeOfAnEngineIsFoundByTheNameOfItsDirectory() throws Exception {
        Path lsm = Files.createDirectory(directory.resolve("lsm"));
        Path made = Files.createDirectory(directory.resolve("cordwood-bench-rocksdb-17"));
        Files.createDirectory(directory.resolve("cordwood-bench-rocksdb-bare-18"));
        assertThat(KeptDirectory.find(directory, "lsm", false)).isEqualTo(lsm);
        assertThat(KeptDirectory.find(directory, "rocksdb", true)).isEqualTo(made);
    }

    @Test
    void directoryItselfIsTheStoreOfTheOnlyEngineWhateverItHasInIt() throws Exception {
        Files.createDirectory(directory.resolve("rocksdb"));
        assertThat(KeptDirectory.find(directory, "rocksdb", true)).isEqualTo(directory);
        assertRefused(directory, false, "holds no store of lsm");
    }

    @Test
    void severalStoresOfAnEngineAreRefused() throws Exception {
        Files.createDirectory(directory.resolve("cordwood-bench-lsm-1"));
        Files.createDirectory(directory.resolve("cordwood-bench-lsm-2"));
        assertRefused(directory, true, "holds 2 stores of lsm");
    }

    @Test
    void whatIsNoDirectoryIsRefused() {
        assertRefused(directory.resolve("none"), true, "none is not a directory");
    }

    private static void assertRefused(Path given, boolean isOnly, String why) {
        assertThatThrownBy(() -> KeptDirectory.find(given, "lsm", isOnly))
                .isInstanceOfSatisfying(
                        BenchException.class,
                        e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.USAGE))
                .hasMessageContaining(why);
    }
}
