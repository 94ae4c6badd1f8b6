package cordwood.cli;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** How a command was called; mixed into those that want to know. */
@Command
final class Invocation {

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    /** The flags every command takes. */
    Cordwood globals() {
        return commandSpec().root().commandLine().getCommand();
    }

    /** Everything, as it was typed. */
    String commandLine() {
        return "cordwood " + String.join(" ", parsed().originalArgs());
    }

    /** Whether a flag was typed, and not configured. */
    boolean isTyped(String name) {
        ParseResult result = parsed();
        while (result.hasSubcommand()) {
            result = result.subcommand();
        }
        return result.hasMatchedOption(name);
    }

    /** Where to tell what goes on meanwhile. */
    Consumer<String> progress(Session session) {
        return globals().quiet ? _ -> {} : session.err()::println;
    }

    private ParseResult parsed() {
        return commandSpec().root().commandLine().getParseResult();
    }

    private CommandSpec commandSpec() {
        if (spec == null) {
            throw new IllegalStateException("picocli injects the spec");
        }
        return spec;
    }
}
