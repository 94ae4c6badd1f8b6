package cordwood.cli;

import cordwood.cli.ConfigFile.Entry;
import cordwood.store.NearestName;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Values that were not given as flags: the environment over the configuration file.
 *
 * <p>An option {@code --num-records} is {@code CORDWOOD_NUM_RECORDS} in the environment, and {@code
 * num-records} in the file: under {@code [store]} when every command shares it, under {@code
 * [bench]} when it belongs to a measurement, under {@code [memory]} when it says where memory is
 * from. An engine's own options stand in a section of its name, and as {@code CORDWOOD_ROCKSDB_…}
 * in the environment. The known keys are read from the commands and engines themselves.
 */
final class Configuration implements IDefaultValueProvider {

    /** Where allocators' own options stand, beside our own. */
    static final String MEMORY_SECTION = "memory";

    private static final String PREFIX = "CORDWOOD_";

    /** Read by the launcher, not by us. */
    private static final Set<String> LAUNCHER_VARIABLES = Set.of("CORDWOOD_JAVA_OPTS");

    private static final Set<String> STORE_KEYS =
            Set.of("store", "memory-budget", "durability", "dir");

    private static final Set<String> MEMORY_KEYS = Set.of("allocator", "shards");

    /**
     * A value and who gave it.
     *
     * @param origin the variable's name, or the place in the file
     */
    record Given(String value, String origin) {}

    private final Map<String, String> environment;
    private final ConfigFile file;

    Configuration(Map<String, String> environment, ConfigFile file) {
        this.environment =
                environment.entrySet().stream()
                        .filter(variable -> variable.getKey().startsWith(PREFIX))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        this.file = file;
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        Given given = argument instanceof OptionSpec option ? given(option) : null;
        return given == null ? null : given.value();
    }

    /** What environment or file say for an option, if they do. */
    @Nullable Given given(OptionSpec option) {
        if (!settable(option)) {
            return null;
        }
        String variable = variable(key(option));
        String value = environment.get(variable);
        if (value != null) {
            return new Given(value, variable);
        }
        String section = section(option);
        Entry entry = section == null ? null : file.entry(section, key(option));
        return entry == null ? null : new Given(text(entry), entry.place());
    }

    /** The own options of an engine, or of the allocators, by key. */
    Map<String, Given> ownOptions(String engine, Set<String> optionKeys) {
        Map<String, Given> options = new LinkedHashMap<>();
        for (String key : new TreeSet<>(optionKeys)) {
            String variable = variable(engine + "-" + key);
            String value = environment.get(variable);
            Entry entry = file.entry(engine, key);
            if (value != null) {
                options.put(key, new Given(value, variable));
            } else if (entry != null) {
                options.put(key, new Given(text(entry), entry.place()));
            }
        }
        return options;
    }

    /** As {@link #ownOptions}, the values alone. */
    Map<String, String> ownValues(String engine, Set<String> optionKeys) {
        Map<String, String> values = new LinkedHashMap<>();
        ownOptions(engine, optionKeys).forEach((key, given) -> values.put(key, given.value()));
        return values;
    }

    /**
     * Refuses what nobody would read.
     *
     * @param root the tree of commands
     * @param engines option keys by engine, and by the section of the allocators
     * @throws UsageException naming the place and the nearest known name
     */
    void check(CommandSpec root, Map<String, Set<String>> engines) {
        Map<String, Map<String, OptionSpec>> known = new TreeMap<>();
        Set<String> variables = new TreeSet<>(LAUNCHER_VARIABLES);
        known.put("store", new TreeMap<>());
        known.put("bench", new TreeMap<>());
        collect(root, known, variables);
        engines.forEach(
                (engine, keys) -> keys.forEach(key -> variables.add(variable(engine + "-" + key))));

        for (String variable : new TreeSet<>(environment.keySet())) {
            if (!variables.contains(variable)) {
                throw new UsageException(
                        "environment: unknown variable %s: %s"
                                .formatted(variable, NearestName.hint(variable, variables)));
            }
        }
        Set<String> sections = new TreeSet<>(known.keySet());
        sections.addAll(engines.keySet());
        file.sections()
                .forEach((name, section) -> {
                    if (!sections.contains(name)) {
                        throw new UsageException(
                                "%s: unknown section [%s]: %s"
                                        .formatted(
                                                section.place(),
                                                name,
                                                NearestName.hint(name, sections)));
                    }
                    checkSection(
                            name,
                            section,
                            known.getOrDefault(name, Map.of()),
                            engines.getOrDefault(name, Set.of()));
                });
    }

    private static void checkSection(
            String name,
            ConfigFile.Section section,
            Map<String, OptionSpec> options,
            Set<String> engineKeys) {
        Set<String> keys = new TreeSet<>(options.keySet());
        keys.addAll(engineKeys);
        section.entries()
                .forEach((key, entry) -> {
                    if (!keys.contains(key)) {
                        throw new UsageException(
                                "%s: unknown key '%s' in [%s]: %s"
                                        .formatted(
                                                entry.place(),
                                                key,
                                                name,
                                                NearestName.hint(key, keys)));
                    }
                    String expected = expected(options.get(key), entry.value());
                    if (expected != null) {
                        throw new UsageException(
                                "%s: '%s' must be %s".formatted(entry.place(), key, expected));
                    }
                });
    }

    private static void collect(
            CommandSpec command,
            Map<String, Map<String, OptionSpec>> known,
            Set<String> variables) {
        for (OptionSpec option : command.options()) {
            if (settable(option)) {
                variables.add(variable(key(option)));
                String section = section(option);
                if (section != null) {
                    known.computeIfAbsent(section, name -> new TreeMap<>())
                            .put(key(option), option);
                }
            }
        }
        command.subcommands()
                .values()
                .forEach(sub -> collect(sub.getCommandSpec(), known, variables));
    }

    /** What the value should have been, or null when it will do. */
    private static @Nullable String expected(@Nullable OptionSpec option, Object value) {
        boolean scalar =
                value instanceof String
                        || value instanceof Long
                        || value instanceof Double
                        || value instanceof Boolean;
        if (option == null) {
            return scalar ? null : "a text, a number, true or false";
        }
        if (option.isMultiValue() && value instanceof TomlArray list) {
            return list.toList().stream().allMatch(String.class::isInstance)
                    ? null
                    : "a list of texts";
        }
        Class<?> type = option.typeInfo().getType();
        if (type == boolean.class) {
            return value instanceof Boolean ? null : "true or false";
        }
        if (!scalar || value instanceof Boolean) {
            return "a text or a number";
        }
        boolean plainNumber = type.isPrimitive() && option.converters().length == 0;
        return plainNumber && value instanceof String ? "a number" : null;
    }

    private static String text(Entry entry) {
        return entry.value() instanceof TomlArray list
                ? list.toList().stream().map(String::valueOf).collect(Collectors.joining(","))
                : entry.value().toString();
    }

    private static boolean settable(OptionSpec option) {
        boolean action = option.usageHelp() || option.versionHelp() || option.hidden();
        return !action && !key(option).isEmpty();
    }

    /** The first long name without its dashes. */
    static String key(OptionSpec option) {
        return Arrays.stream(option.names())
                .filter(name -> name.startsWith("--"))
                .map(name -> name.substring(2))
                .findFirst()
                .orElse("");
    }

    private static @Nullable String section(OptionSpec option) {
        if (STORE_KEYS.contains(key(option))) {
            return "store";
        }
        if (MEMORY_KEYS.contains(key(option))) {
            return MEMORY_SECTION;
        }
        if (option.inherited()) {
            return null;
        }
        for (CommandSpec at = option.command(); at != null; at = at.parent()) {
            if (at.name().equals("bench")) {
                return "bench";
            }
        }
        return null;
    }

    private static String variable(String key) {
        return PREFIX + key.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
