package cordwood.cli;

import cordwood.store.Durability;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The root command, and the flags every command takes. */
@Command(
        name = "cordwood",
        version = "cordwood 0.1.0",
        description =
                "A durable log and time-series store for the JVM, and the bench that proves it.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Values: flags, over CORDWOOD_* in the environment, over cordwood.toml, over defaults.",
            "Exit: 0 done, 1 failed, 2 wrong usage, 3 a gate fell short, 130 interrupted."
        })
final class Cordwood {

    @Option(
            names = {"-c", "--config-file"},
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Configuration; else ./cordwood.toml where there is one.")
    @Nullable Path configFile;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log more (-vv: debug, and stacks of failures).")
    boolean[] verbose = {};

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Log errors only.")
    boolean quiet;

    @Option(
            names = "--log-filter",
            paramLabel = "FILTER",
            scope = ScopeType.INHERIT,
            description = "Levels by logger, such as info,cordwood.rocksdb=debug.")
    @Nullable String logFilter;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    boolean version;

    /** The whole tree of commands, reading what was not given as a flag from the session. */
    static CommandLine tree(Session session) {
        CommandLine tree = new CommandLine(new Cordwood());
        tree.addSubcommand(new Explain(session));
        tree.addSubcommand(new Verify(session));
        tree.addSubcommand(new Dump(session));
        tree.addSubcommand(new Snapshot(session));
        tree.addSubcommand(new Restore(session));
        tree.addSubcommand(new Compact(session));
        tree.addSubcommand(new Trim(session));
        CommandLine bench = Bench.group(session);
        if (!bench.getSubcommands().isEmpty()) {
            tree.addSubcommand(bench);
        }
        return tree.setOut(session.out())
                .setErr(session.err())
                .setExpandAtFiles(false)
                .setUsageHelpWidth(100)
                .registerConverter(long.class, Converters::number)
                .registerConverter(int.class, Converters::smallNumber)
                .registerConverter(double.class, Converters::decimal)
                .registerConverter(Double.class, Converters::decimal)
                .registerConverter(Duration.class, Converters::duration)
                .registerConverter(Durability.class, Converters::durability)
                .setDefaultValueProvider(session.configuration());
    }
}
