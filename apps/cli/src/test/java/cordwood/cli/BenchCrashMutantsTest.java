package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import cordwood.bench.crash.Aftermath;
import cordwood.bench.crash.CrashBench;
import cordwood.bench.crash.CrashReport;
import cordwood.lsm.LsmProvider;
import cordwood.testkit.ChildJvm;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** R28: the crash bench finds what is broken, within so many kills. */
@Tag("trial")
@ExtendWith(SeedExtension.class)
final class BenchCrashMutantsTest {

    private static final int KILLS_MAX = 10;
    private static final boolean LONG = Boolean.getBoolean("cordwood.long");

    @TempDir Path directory;

    static Stream<Arguments> mutants() {
        Stream<Arguments> some =
                Stream.of(
                        arguments(EarlyAcks.class, "was acknowledged"),
                        arguments(PhantomTrims.class, "was to be trimmed"));
        Stream<Arguments> others =
                Stream.of(
                        arguments(LostTrims.class, "is trimmed to -1"),
                        arguments(ReorderedTrims.class, "overtook its batch"),
                        arguments(PhantomStreams.class, "is listed, and nobody wrote it"),
                        arguments(PhantomAttributes.class, "has attribute 2, which nobody wrote"));
        return LONG ? Stream.concat(some, others) : some;
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void aBrokenPromiseIsFound(Class<?> mutant, String words, Seed seed) {
        Path data = directory.resolve(mutant.getSimpleName());
        CrashReport report =
                new CrashBench(
                                new LsmProvider(),
                                KilledWriterProcess.options(data),
                                round -> command(mutant, data, seed, round),
                                Aftermath.NONE,
                                seed.value(),
                                () -> false,
                                System.out::println)
                        .run(KILLS_MAX);
        assertThat(report.violations()).first().asString().contains(words);
        System.out.printf(
                "%s: found with kill %d: %s%n",
                mutant.getSimpleName(),
                report.cycles() + report.voidCycles(),
                report.violations().getFirst());
    }

    private static List<String> command(Class<?> mutant, Path data, Seed seed, long round) {
        return ChildJvm.command(
                List.of("-Xmx256m"),
                KilledWriterProcess.class,
                List.of(
                        mutant.getName(),
                        data.toString(),
                        String.valueOf(seed.value()),
                        String.valueOf(round)));
    }
}
