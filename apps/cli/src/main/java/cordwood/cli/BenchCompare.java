package cordwood.cli;

import cordwood.bench.report.Gate;
import cordwood.bench.report.ResultComparison;
import cordwood.bench.report.ResultFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sets two result files beside each other. */
@Command(
        name = "compare",
        description = "Compare two result files: medians, spread, verdicts, gates.",
        footer = {
            "",
            "A gate is FIGURE>CHANGE% or FIGURE<CHANGE%: 'p99>+10%' fails when p99 of the second file is",
            "more than 10 % above the first's, 'records_per_second<-5%' when it is more than 5 % below."
        })
final class BenchCompare implements Callable<Integer> {

    private final Session session;

    @Parameters(index = "0", paramLabel = "A.json", description = "The result before.")
    @Nullable Path before;

    @Parameters(index = "1", paramLabel = "B.json", description = "The result after.")
    @Nullable Path after;

    @Option(
            names = "--fail-if",
            paramLabel = "GATE",
            description = "Exit with 3 when this holds; may be repeated.")
    List<String> gates = new ArrayList<>();

    @Option(
            names = "--force",
            description =
                    "Compare even what differs in durability, in-flight, payload, machine or disk.")
    boolean force;

    BenchCompare(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Path first = before;
        Path second = after;
        if (first == null || second == null) {
            throw new UsageException("compare takes two result files");
        }
        List<Gate> parsed = gates.stream().map(Gate::parse).toList();
        ResultComparison comparison =
                new ResultComparison(ResultFile.read(first), ResultFile.read(second));
        List<String> differences = comparison.differences();
        if (!differences.isEmpty() && !force) {
            throw new UsageException(
                    "the results are not about the same thing, they differ in %s; --force compares them all the same"
                            .formatted(String.join(", ", differences)));
        }
        differences.forEach(line -> session.out().println("forced although they differ: " + line));
        comparison.notes().forEach(line -> session.out().println("note: " + line));
        session.out().print(comparison.tables());
        List<String> failures = comparison.failures(parsed);
        failures.forEach(line -> session.err().println("cordwood: " + line));
        return failures.isEmpty() ? ExitCode.DONE : ExitCode.FELL_SHORT;
    }
}
