package cordwood.cli;

import cordwood.cli.Configuration.Given;
import cordwood.store.NearestName;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Words a failure as one line: what, where, and what to do. */
final class Complaint {

    private Complaint() {}

    /** Wrong usage of flags, or a value from environment or file that does not convert. */
    static String about(ParameterException e, String[] args, Configuration configuration) {
        CommandSpec command = e.getCommandLine().getCommandSpec();
        String help = " (see '%s --help')".formatted(command.qualifiedName());
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            return unknown(unmatched.getUnmatched().getFirst(), command) + help;
        }
        ArgSpec argument = e.getArgSpec();
        if (e.getCause() instanceof TypeConversionException conversion && argument != null) {
            return where(argument, args, configuration) + ": " + oneLine(conversion.getMessage());
        }
        String message = oneLine(e.getMessage());
        return Character.toLowerCase(message.charAt(0)) + message.substring(1) + help;
    }

    /** Any other failure. */
    static String about(Throwable failure) {
        String message = failure.getMessage();
        String type = failure.getClass().getSimpleName();
        if (message == null || message.isBlank()) {
            return type;
        }
        return failure instanceof Error ? type + ": " + oneLine(message) : oneLine(message);
    }

    private static String unknown(String typed, CommandSpec command) {
        if (typed.startsWith("-")) {
            String name = typed.contains("=") ? typed.substring(0, typed.indexOf('=')) : typed;
            List<String> known =
                    command.optionsMap().keySet().stream().filter(n -> n.startsWith("--")).toList();
            return "unknown option '%s': %s".formatted(name, NearestName.hint(name, known));
        }
        List<String> commands =
                command.subcommands().values().stream()
                        .map(CommandLine::getCommandSpec)
                        .filter(known -> !known.usageMessage().hidden())
                        .map(CommandSpec::name)
                        .toList();
        return commands.isEmpty()
                ? "unexpected argument '%s'".formatted(typed)
                : "unknown command '%s': %s".formatted(typed, NearestName.hint(typed, commands));
    }

    private static String where(ArgSpec argument, String[] args, Configuration configuration) {
        if (!(argument instanceof OptionSpec option)) {
            return argument.paramLabel();
        }
        Given given = configuration.given(option);
        return given == null || isAmong(option, args)
                ? option.longestName()
                : given.origin() + ": " + Configuration.key(option);
    }

    private static boolean isAmong(OptionSpec option, String[] args) {
        return Arrays.stream(args)
                .anyMatch(arg ->
                        Arrays.stream(option.names())
                                .anyMatch(n -> arg.equals(n) || arg.startsWith(n + "=")));
    }

    private static String oneLine(@Nullable String message) {
        return String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
