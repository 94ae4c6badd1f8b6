package cordwood.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How an engine is found, explained, and opened on a directory. */
interface ProviderChapter extends ContractChapter {

    private StoreOptions with(String key, String value) {
        return new StoreOptions(
                directory(), StoreOptions.MEMORY_BUDGET_BYTES_DEFAULT, Map.of(key, value));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    default void theEngineIsFoundByItsName() {
        assertThat(ServiceLoader.load(StoreProvider.class))
                .filteredOn(found -> found.name().equals(provider().name()))
                .singleElement()
                .isInstanceOf(provider().getClass());
        assertThat(provider().name()).matches("[a-z]+");
        assertThat(provider().summary()).isNotBlank().doesNotContain("\n");
        assertThat(provider().optionKeys()).allMatch(key -> key.matches("[a-z0-9]+(-[a-z0-9]+)*"));
    }

    @Test
    default void explainTouchesNothing() {
        List<StoreProvider.Setting> settings = provider().explain(StoreOptions.in(directory()));
        assertThat(settings).allSatisfy(setting -> assertThat(setting.reason()).isNotBlank());
        assertThat(directory()).doesNotExist();
    }

    @Test
    default void anUnknownOptionIsRefusedByNameAndNothingIsCreated() {
        StoreOptions unknown = with("no-such-option", "1");
        assertThatThrownBy(() -> provider().open(unknown))
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessageContaining("no-such-option");
        assertThatThrownBy(() -> provider().explain(unknown))
                .isInstanceOf(StoreException.Invalid.class);
        for (String key : provider().optionKeys()) {
            assertThatThrownBy(() -> provider().open(with(key + "x", "1")))
                    .isInstanceOf(StoreException.Invalid.class)
                    .hasMessageContaining("'" + key + "'");
        }
        assertThat(directory()).doesNotExist();
    }

    @Test
    default void aMalformedOptionIsRefusedAndNothingIsCreated() {
        for (String key : provider().optionKeys()) {
            assertThatThrownBy(() -> provider().open(with(key, "no such value")))
                    .as(key)
                    .isInstanceOf(StoreException.Invalid.class)
                    .hasMessageContaining(key);
        }
        assertThat(directory()).doesNotExist();
    }

    @Test
    default void aMissingDirectoryIsCreatedWithItsParents() {
        assumeTrue(persists(), "this engine keeps nothing in a directory");
        Path deep = directory().resolve("a").resolve("b");
        open(deep).close();
        assertThat(deep).isDirectory();
    }

    @Test
    default void aForeignDirectoryIsRefusedUntouched() throws IOException {
        assumeTrue(persists(), "this engine keeps nothing in a directory");
        Files.createDirectories(directory());
        Files.writeString(directory().resolve("holiday.jpg"), "not a store");
        assertThatThrownBy(() -> open(directory())).isInstanceOf(StoreException.Invalid.class);
        assertThat(names(directory())).containsExactly("holiday.jpg");
    }

    @Test
    default void theRootOfAFreshFileSystemHoldsNothing() throws IOException {
        assumeTrue(persists(), "this engine keeps nothing in a directory");
        Files.createDirectories(directory().resolve("lost+found"));
        open(directory()).close();
        open(directory()).close();
        assertThat(directory().resolve("lost+found")).isEmptyDirectory();
    }

    @Test
    default void aFileInPlaceOfTheDirectoryIsRefused() throws IOException {
        assumeTrue(persists(), "this engine keeps nothing in a directory");
        Files.writeString(directory(), "not a directory");
        assertThatThrownBy(() -> open(directory())).isInstanceOf(StoreException.Invalid.class);
        assertThat(directory()).hasContent("not a directory");
    }

    @Test
    default void theDirectoryIsFreeAgainAfterClose() {
        assumeTrue(persists(), "this engine keeps nothing in a directory");
        for (int i = 0; i < 3; i++) {
            try (StreamStore store = provider().open(StoreOptions.in(directory()))) {
                assertThat(store.limits()).isNotNull();
            }
        }
    }
}
