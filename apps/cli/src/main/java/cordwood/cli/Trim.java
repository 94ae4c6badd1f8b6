package cordwood.cli;

import cordwood.bench.json.JsonObject;
import cordwood.cli.ExistingStore.Opened;
import cordwood.store.ByteSize;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Metric;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreMetrics;
import cordwood.store.StreamBounds;
import cordwood.store.WriteBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trims streams of a store and gives the space back. */
@Command(
        name = "trim",
        description = {
            "Trim streams of a closed store: every record at or below a position is gone for good.",
            "Then the store is compacted, which gives the space back at once. A trim never moves",
            "back: a stream that was trimmed further stays so."
        })
final class Trim implements Callable<Integer> {

    private final Session session;

    @Mixin private final Invocation invocation = new Invocation();

    @Mixin private final ExistingStore flags = new ExistingStore();

    @Option(
            names = "--space",
            required = true,
            paramLabel = "ID",
            description = "Space of the streams, 1 to 254: 'cordwood dump --records' shows it.")
    int space;

    @Option(
            names = "--stream",
            required = true,
            split = ",",
            paramLabel = "ID",
            description = "Stream, or several separated by commas.")
    long[] streams = {};

    @Option(
            names = "--up-to",
            required = true,
            paramLabel = "POSITION",
            description = "The highest position to trim away.")
    long position;

    @Mixin private final ResultFlag result = new ResultFlag();

    Trim(Session session) {
        this.session = session;
    }

    /** What became of one stream. */
    private record Trimmed(long stream, StreamBounds before, StreamBounds after) {}

    @Override
    public Integer call() {
        if (streams.length == 0) {
            throw new UsageException("--stream: it names no stream");
        }
        result.requireWritable();
        try (Opened opened = flags.open(session)) {
            return ExistingStore.isDone(session, opened, () -> trim(opened))
                    ? ExitCode.DONE
                    : ExitCode.FAILED;
        }
    }

    private void trim(Opened opened) {
        LocalStore store = opened.store();
        Space trimmedSpace = new Space(space, "space " + space);
        StoreMetrics before = store.metrics();
        List<Trimmed> trimmed = new ArrayList<>();
        for (long stream : streams) {
            StreamBounds bounds = store.bounds(trimmedSpace, stream);
            trim(store, trimmedSpace, stream);
            trimmed.add(new Trimmed(stream, bounds, store.bounds(trimmedSpace, stream)));
        }
        StoreException.Full shortage = compact(opened);
        report(opened, trimmed, freedBytes(before, store.metrics()), shortage == null);
        if (shortage != null) {
            throw new StoreException.Full(
                    "trimmed, but not all the space is back: " + shortage.getMessage(), shortage);
        }
    }

    /** Nothing needs room before the trims are there: they are what makes some on a full disk. */
    private StoreException.@Nullable Full compact(Opened opened) {
        try {
            Compact.run(opened, invocation.progress(session));
            return null;
        } catch (StoreException.Full e) {
            return e;
        }
    }

    private static long freedBytes(StoreMetrics before, StoreMetrics after) {
        long flushedBytes = after.value(Metric.FLUSH_BYTES) - before.value(Metric.FLUSH_BYTES);
        long thereBytes = TableFigures.of(before).bytes() + flushedBytes;
        return Math.max(0, thereBytes - TableFigures.of(after).bytes());
    }

    private void trim(LocalStore store, Space trimmedSpace, long stream) {
        try (WriteBatch batch = store.newBatch()) {
            batch.trim(trimmedSpace, stream, position);
            store.append(batch, Durability.DURABLE).await();
        }
    }

    private void report(
            Opened opened, List<Trimmed> trimmed, long freedBytes, boolean isCompacted) {
        for (Trimmed one : trimmed) {
            session.out()
                    .printf(
                            "stream %d of space %d: requested %d, effective %d, %s%n",
                            one.stream(),
                            space,
                            position,
                            one.after().trimmedTo(),
                            left(one.after()));
        }
        session.out().printf("freed %s of tables%n", ByteSize.text(freedBytes));
        result.write(
                result.head("trim")
                        .put("store", opened.directory().toString())
                        .put("engine", opened.engine())
                        .put("space", space)
                        .put("requested", position)
                        .put("streams", trimmed.stream().map(Trim::json).toList())
                        .put("freed_bytes", freedBytes)
                        .put("compacted", isCompacted));
    }

    private static String left(StreamBounds bounds) {
        return bounds.isEmpty()
                ? "nothing is left"
                : "left are %d to %d".formatted(bounds.first(), bounds.last());
    }

    private static JsonObject json(Trimmed one) {
        return new JsonObject()
                .put("stream", one.stream())
                .put("effective", one.after().trimmedTo())
                .put("was_empty", one.before().isEmpty())
                .put("is_empty", one.after().isEmpty());
    }
}
