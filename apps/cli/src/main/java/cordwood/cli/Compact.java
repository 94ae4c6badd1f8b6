package cordwood.cli;

import cordwood.cli.ExistingStore.Opened;
import cordwood.store.ByteSize;
import cordwood.store.Metric;
import cordwood.store.StoreException;
import cordwood.store.StoreMetrics;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Compacts a store and waits for it. */
@Command(
        name = "compact",
        description =
                "Rewrite and drop whatever holds garbage in a closed store, so that it takes the least"
                        + " room and reads fastest.")
final class Compact implements Callable<Integer> {

    private final Session session;

    @Mixin private final Invocation invocation = new Invocation();

    @Mixin private final ExistingStore flags = new ExistingStore();

    @Mixin private final ResultFlag result = new ResultFlag();

    Compact(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        result.requireWritable();
        try (Opened opened = flags.open(session)) {
            return ExistingStore.isDone(session, opened, () -> compact(opened))
                    ? ExitCode.DONE
                    : ExitCode.FAILED;
        }
    }

    private void compact(Opened opened) {
        opened.store().flush();
        TableFigures before = TableFigures.of(opened.store().metrics());
        try {
            run(opened, invocation.progress(session));
        } catch (StoreException.Full e) {
            print(opened, before, TableFigures.of(opened.store().metrics()));
            throw e;
        }
        StoreMetrics metrics = opened.store().metrics();
        TableFigures after = TableFigures.of(metrics);
        print(opened, before, after);
        result.write(
                result.head("compact")
                        .put("store", opened.directory().toString())
                        .put("engine", opened.engine())
                        .put("tables_before", before.tables())
                        .put("table_bytes_before", before.bytes())
                        .put("tables", after.tables())
                        .put("table_bytes", after.bytes())
                        .put("read_bytes", metrics.value(Metric.COMPACTION_READ_BYTES))
                        .put("written_bytes", metrics.value(Metric.COMPACTION_WRITE_BYTES)));
    }

    private void print(Opened opened, TableFigures before, TableFigures after) {
        session.out()
                .printf(
                        "compacted %s (%s): %,d tables of %s were %,d of %s%n",
                        opened.directory(),
                        opened.engine(),
                        after.tables(),
                        ByteSize.text(after.bytes()),
                        before.tables(),
                        ByteSize.text(before.bytes()));
    }

    /** Compacts, and tells meanwhile how much was read and written. */
    static void run(Opened opened, Consumer<String> told) {
        new LongWork(told)
                .watch(() -> progress(opened.store().metrics()), () -> opened.store().compact());
    }

    private static String progress(StoreMetrics metrics) {
        return "compacting: %s read, %s written"
                .formatted(
                        ByteSize.text(metrics.value(Metric.COMPACTION_READ_BYTES)),
                        ByteSize.text(metrics.value(Metric.COMPACTION_WRITE_BYTES)));
    }
}
