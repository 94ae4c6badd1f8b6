package cordwood.cli;

import cordwood.cli.Configuration.Given;
import cordwood.store.ByteSize;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StoreProvider.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** Prints what a store would run with and why, without opening or touching anything. */
@Command(name = "explain", description = "Print what a store would run with, and why.")
final class Explain implements Callable<Integer> {

    private final Session session;

    @Mixin private final StoreFlags flags = new StoreFlags();

    @Spec private @Nullable CommandSpec spec;

    Explain(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        for (StoreProvider engine : flags.engines()) {
            StoreOptions options =
                    flags.options(
                            engine,
                            flags.dir == null ? Path.of("") : flags.dir,
                            session.configuration());
            List<Setting> derived = engine.explain(options);
            session.out().printf("%s: %s%n%n", engine.name(), engine.summary());
            table("GIVEN", "VALUE", "BY", given(engine));
            table("DERIVED", "VALUE", "WHY", derived);
        }
        session.out()
                .println(
                        "allocator: %s; %s"
                                .formatted(
                                        flags.allocator.described(session.configuration()),
                                        usedBy(flags.engines())));
        long heapBytesMax = Runtime.getRuntime().maxMemory();
        MemoryLimit limit = MemoryLimit.ofThisProcess();
        String compared = limit.compared(heapBytesMax, flags.memoryBudgetBytes);
        if (limit.fits(heapBytesMax, flags.memoryBudgetBytes)) {
            session.out().println("memory: " + compared);
        } else {
            session.err().println("warning: " + compared);
        }
        return ExitCode.DONE;
    }

    private static String usedBy(List<StoreProvider> engines) {
        String users =
                engines.stream()
                        .filter(StoreProvider::allocatesCells)
                        .map(StoreProvider::name)
                        .distinct()
                        .collect(Collectors.joining(", "));
        return users.isEmpty() ? "no store chosen uses it" : "used by " + users;
    }

    /** The inputs in force, each with the flag, variable or line it came from. */
    private List<Setting> given(StoreProvider engine) {
        List<Setting> given = new ArrayList<>();
        given.add(input("--dir", flags.dir == null ? "-" : flags.dir.toString()));
        given.add(input("--memory-budget", ByteSize.text(flags.memoryBudgetBytes)));
        given.add(input("--durability", flags.durability.name().toLowerCase(Locale.ROOT)));
        given.add(input("--allocator", flags.allocator.mode().name()));
        given.add(input("--shards", String.valueOf(flags.allocator.shards())));
        session.configuration()
                .ownOptions(Configuration.MEMORY_SECTION, flags.allocator.mode().optionKeys())
                .forEach((key, own) -> given.add(new Setting(key, own.value(), own.origin())));
        session.configuration()
                .ownOptions(engine.name(), engine.optionKeys())
                .forEach((key, own) -> given.add(new Setting(key, own.value(), own.origin())));
        return given;
    }

    private Setting input(String flag, String value) {
        if (spec == null) {
            throw new IllegalStateException("not parsed");
        }
        OptionSpec option = spec.findOption(flag);
        Given elsewhere = session.configuration().given(option);
        String origin = elsewhere == null ? "default" : elsewhere.origin();
        boolean typed = spec.commandLine().getParseResult().hasMatchedOption(option);
        return new Setting(Configuration.key(option), value, typed ? flag : origin);
    }

    private void table(String key, String value, String reason, List<Setting> rows) {
        if (rows.isEmpty()) {
            return;
        }
        List<Setting> lines = new ArrayList<>();
        lines.add(new Setting(key, value, reason));
        lines.addAll(rows);
        int keyWidth = lines.stream().mapToInt(line -> line.key().length()).max().orElse(0);
        int valueWidth = lines.stream().mapToInt(line -> line.value().length()).max().orElse(0);
        String form = "%%-%ds  %%-%ds  %%s%%n".formatted(keyWidth, valueWidth);
        lines.forEach(line -> session.out().printf(form, line.key(), line.value(), line.reason()));
        session.out().println();
    }
}
