package cordwood.cli;

import cordwood.bench.BenchException;
import cordwood.store.StoreException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The command line's entry: reads flags, environment and file, runs one command, exits. */
public final class Main {

    private final Map<String, String> environment;
    private final Path directory;
    private final PrintWriter out;
    private final PrintWriter err;
    private final Interruption interruption;

    Main(
            Map<String, String> environment,
            Path directory,
            PrintWriter out,
            PrintWriter err,
            Interruption interruption) {
        this.environment = environment;
        this.directory = directory;
        this.out = out;
        this.err = err;
        this.interruption = interruption;
    }

    /** Runs one command and exits with its code. */
    public static void main(String[] args) {
        Interruption interruption = new Interruption();
        if (!interruption.arm()) {
            return;
        }
        StandardOutput output = new StandardOutput();
        PrintWriter out = new PrintWriter(output, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int exit = ExitCode.FAILED;
        try {
            Main main = new Main(System.getenv(), Path.of(""), out, err, interruption);
            exit = main.run(args);
            out.flush();
            exit = main.checked(output, exit);
            err.flush();
        } finally {
            interruption.finish();
        }
        System.exit(exit);
    }

    /** Runs one command; everything it has to say is printed when this returns. */
    int run(String... args) {
        Cordwood globals = globals(args);
        try {
            String filter = globals.logFilter;
            Logging.start(
                    globals.verbose.length,
                    globals.quiet,
                    filter == null ? environment.get("CORDWOOD_LOG_FILTER") : filter);
            int exit = execute(args, globals);
            return interruption.requested() ? ExitCode.INTERRUPTED : exit;
        } catch (RuntimeException | Error e) {
            return failed(e, globals);
        }
    }

    /** What was done and could not be told is no success. */
    int checked(StandardOutput output, int exit) {
        String reason = output.lossReason();
        return reason == null
                ? exit
                : complain(
                        "standard output is incomplete: " + reason,
                        exit == ExitCode.DONE ? ExitCode.FAILED : exit);
    }

    private int execute(String[] args, Cordwood globals) {
        Configuration configuration = new Configuration(environment, configFile(globals));
        Session session = new Session(out, err, configuration, interruption);
        CommandLine tree = Cordwood.tree(session);
        configuration.check(tree.getCommandSpec(), ownKeys());
        tree.setParameterExceptionHandler(
                (e, a) -> complain(Complaint.about(e, args, configuration), ExitCode.USAGE));
        tree.setExecutionExceptionHandler((e, command, result) -> failed(e, globals));
        return tree.execute(args);
    }

    /** The keys of engines and allocators, by section. */
    private static Map<String, Set<String>> ownKeys() {
        Map<String, Set<String>> keys = new TreeMap<>(Engines.optionKeys());
        keys.put(Configuration.MEMORY_SECTION, AllocatorFlags.optionKeys());
        return keys;
    }

    private int failed(Throwable failure, Cordwood globals) {
        if (globals.verbose.length >= 2) {
            failure.printStackTrace(err);
        }
        return complain(
                Complaint.about(failure), isUsage(failure) ? ExitCode.USAGE : ExitCode.FAILED);
    }

    /** Can the person mend it by asking differently? */
    private static boolean isUsage(Throwable failure) {
        return switch (failure) {
            case UsageException _, StoreException.Invalid _, StoreException.Busy _ -> true;
            case BenchException bench -> bench.kind() == BenchException.Kind.USAGE;
            default -> false;
        };
    }

    private int complain(String line, int exit) {
        err.println("cordwood: " + line);
        return exit;
    }

    /** The flags every command takes, read ahead of the rest: they say how to read it. */
    private static Cordwood globals(String[] args) {
        CommandLine ahead = new CommandLine(new Cordwood()).setUnmatchedArgumentsAllowed(true);
        try {
            ahead.setExpandAtFiles(false).parseArgs(args);
            return ahead.getCommand();
        } catch (ParameterException e) {
            return new Cordwood(); // the full parse will say what is wrong
        }
    }

    /** The file to read: named by flag, by environment, or lying where we are; none for help. */
    private ConfigFile configFile(Cordwood globals) {
        if (globals.help || globals.version) {
            return ConfigFile.NONE;
        }
        String variable = environment.get("CORDWOOD_CONFIG_FILE");
        if (globals.configFile != null) {
            return ConfigFile.read(globals.configFile);
        }
        if (variable != null) {
            return ConfigFile.read(Path.of(variable));
        }
        Path lyingHere = directory.resolve("cordwood.toml");
        return Files.exists(lyingHere) ? ConfigFile.read(lyingHere) : ConfigFile.NONE;
    }
}
