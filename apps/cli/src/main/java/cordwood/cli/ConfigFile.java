package cordwood.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * A parsed {@code cordwood.toml}: sections of keys, each with its place in the file.
 *
 * @param sections entries by section and key, in the file's order
 */
record ConfigFile(Map<String, Section> sections) {

    /**
     * A section and where it stands.
     *
     * @param place {@code file:line:column}
     * @param entries by key
     */
    record Section(String place, Map<String, Entry> entries) {}

    /**
     * A value as TOML holds it, and where it stands.
     *
     * @param place {@code file:line:column}
     */
    record Entry(String place, Object value) {}

    private static final Path NOTHING = Path.of("/dev/null");

    static final ConfigFile NONE = new ConfigFile(Map.of());

    /** Reads the file; every complaint names the place. */
    static ConfigFile read(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file) && !file.equals(NOTHING)) {
            throw new UsageException(
                    "configuration file %s is not a regular file: name another with -c, or leave it out"
                            .formatted(file));
        }
        TomlParseResult toml;
        try {
            toml = Toml.parse(file);
        } catch (NoSuchFileException e) {
            throw new UsageException(
                    "configuration file %s does not exist: name another with -c, or leave it out"
                            .formatted(file));
        } catch (IOException e) {
            throw new UsageException(
                    "configuration file %s cannot be read: %s".formatted(file, e.getMessage()));
        }
        if (toml.hasErrors()) {
            TomlParseError first = toml.errors().getFirst();
            throw new UsageException(
                    "%s: not TOML: %s"
                            .formatted(place(file, first.position()), first.getMessage()));
        }
        Map<String, Section> sections = new LinkedHashMap<>();
        for (String name : toml.keySet()) {
            String place = place(file, toml.inputPositionOf(List.of(name)));
            if (!(toml.get(List.of(name)) instanceof TomlTable table)) {
                throw new UsageException(
                        "%s: key '%s' stands outside a section: put it under one, such as [store]"
                                .formatted(place, name));
            }
            sections.put(name, section(file, place, table));
        }
        return new ConfigFile(sections);
    }

    @Nullable Entry entry(String section, String key) {
        Section found = sections.get(section);
        return found == null ? null : found.entries().get(key);
    }

    private static Section section(Path file, String place, TomlTable table) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (String key : table.keySet()) {
            Object value = Objects.requireNonNull(table.get(List.of(key)));
            entries.put(key, new Entry(place(file, table.inputPositionOf(List.of(key))), value));
        }
        return new Section(place, entries);
    }

    private static String place(Path file, @Nullable TomlPosition position) {
        return position == null
                ? file.toString()
                : "%s:%d:%d".formatted(file, position.line(), position.column());
    }
}
