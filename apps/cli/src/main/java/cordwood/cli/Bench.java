package cordwood.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The group of measurements; each of its commands is a class of its own. */
@Command(
        name = "bench",
        synopsisSubcommandLabel = "COMMAND",
        description = "Measure the stores and the allocators, and compare results.")
final class Bench {

    /** The group with its commands, all working for {@code session}. */
    static CommandLine group(Session session) {
        return new CommandLine(new Bench())
                .addSubcommand(new BenchWriteThroughput(session))
                .addSubcommand(new BenchReadThroughput(session))
                .addSubcommand(new BenchGeneratePayload(session))
                .addSubcommand(new BenchAlloc(session))
                .addSubcommand(new BenchCompare(session))
                .addSubcommand(new BenchCrash(session))
                .addSubcommand(new BenchCrashWriter(session))
                .addSubcommand(new BenchMeasure(session))
                .addSubcommand(new BenchMeasureAlloc(session));
    }
}
