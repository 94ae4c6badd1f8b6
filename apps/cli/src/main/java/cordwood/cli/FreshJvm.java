package cordwood.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line that starts this tool again in a JVM of its own: same java, same modules, same
 * JVM options. Peaks and compiled profiles of one measured run never reach another that way.
 */
final class FreshJvm {

    private static final List<String> KEPT_OPTIONS =
            List.of("-X", "-D", "--enable-native-access", "--illegal-native-access");

    private FreshJvm() {}

    /** For {@link ProcessBuilder}: {@code cordwood ARGS} as this process would run it. */
    static List<String> command(List<String> args) {
        return command(List.of(), args);
    }

    /** The same with JVM options of the command's own, which those of this process override. */
    static List<String> command(List<String> options, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> KEPT_OPTIONS.stream().anyMatch(option::startsWith))
                .filter(option -> !option.startsWith("-Djdk.module.")) // said below
                .forEach(command::add);
        command.add("--module-path=" + System.getProperty("jdk.module.path"));
        command.add("--module=cordwood.cli/" + Main.class.getName());
        command.addAll(args);
        return command;
    }

    /** Whether an argument of such a command is a flag of the JVM that may matter to a figure. */
    static boolean isFlag(String argument) {
        return argument.startsWith("-")
                && !argument.startsWith("--module")
                && !argument.startsWith("-Djdk.module");
    }
}
