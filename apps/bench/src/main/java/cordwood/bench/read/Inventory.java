package cordwood.bench.read;

import cordwood.bench.BenchException;
import cordwood.bench.run.RunControl;
import cordwood.bench.workload.BenchSpaces;
import cordwood.bench.workload.StoreNote;
import cordwood.store.Space;
import cordwood.store.StreamBounds;
import cordwood.store.StreamCursor;
import cordwood.store.StreamStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What {@code write-throughput} left in a store: every stream with its bounds, and the notes of
 * what the records are.
 *
 * @param streams all of them, one with a record at least
 * @param notes at least one
 * @param check tells what was written from what was not
 */
record Inventory(List<HeldStream> streams, List<StoreNote> notes, RecordCheck check) {

    private static final int STREAMS_PER_LINE = 10_000;
    private static final long FIRST_STREAM = 1;

    Inventory {
        streams = List.copyOf(streams);
        notes = List.copyOf(notes);
    }

    /**
     * Looks at a store.
     *
     * @throws BenchException of kind usage where nothing was left in it, of kind failed where less
     *     is there than was acknowledged
     */
    static Inventory of(
            StreamStore store, Path directory, RunControl control, Consumer<String> progress) {
        List<StoreNote> notes = StoreNote.of(store);
        if (notes.isEmpty()) {
            throw BenchException.usage(
                    "%s holds nothing that write-throughput left there, by loglets or --num-streams"
                            .formatted(directory));
        }
        List<HeldStream> streams = new ArrayList<>();
        for (Space space : List.of(BenchSpaces.LOGLETS, BenchSpaces.STREAMS)) {
            if (notes.stream().anyMatch(note -> note.space().equals(space))) {
                requireAll(space, notes, add(store, space, streams, control, progress));
            }
        }
        if (control.isStopped()) {
            throw BenchException.failed("interrupted while the streams were looked at");
        }
        Inventory held = new Inventory(streams, notes, new RecordCheck(notes));
        if (held.recordCount() == 0) {
            throw BenchException.usage("every record in %s was trimmed".formatted(directory));
        }
        return held;
    }

    /** Adds the streams of a space; gives how many records were ever put into them. */
    private static long add(
            StreamStore store,
            Space space,
            List<HeldStream> streams,
            RunControl control,
            Consumer<String> progress) {
        long putCount = 0;
        int lookedAt = 0;
        try (StreamCursor cursor = store.streams(space)) {
            while (!control.isStopped() && cursor.next()) {
                if (cursor.stream() < FIRST_STREAM) {
                    continue; // the notes
                }
                StreamBounds bounds = store.bounds(space, cursor.stream());
                HeldStream held = held(space, cursor.stream(), bounds);
                putCount += held.last();
                streams.add(held);
                if (++lookedAt % STREAMS_PER_LINE == 0) {
                    progress.accept("looked at %,d streams".formatted(lookedAt));
                }
            }
        }
        return control.isStopped() ? Long.MAX_VALUE : putCount;
    }

    /** Positions begin at 1 and have no gaps. */
    private static HeldStream held(Space space, long stream, StreamBounds bounds) {
        long trimmedTo = Math.max(0, bounds.trimmedTo());
        if (bounds.isEmpty()) {
            return new HeldStream(space, stream, trimmedTo + 1, trimmedTo);
        }
        HeldStream held = new HeldStream(space, stream, bounds.first(), bounds.last());
        if (bounds.first() != trimmedTo + 1) {
            throw BenchException.failed(
                    "%s begins at %d, and is trimmed to %d: records are missing"
                            .formatted(held, bounds.first(), trimmedTo));
        }
        return held;
    }

    private static void requireAll(Space space, List<StoreNote> notes, long putCount) {
        long noted = 0;
        for (StoreNote note : notes) {
            if (note.space().equals(space)) {
                if (note.recordCount() == StoreNote.UNKNOWN) {
                    return; // a run was killed: nobody knows what it was acknowledged
                }
                noted += note.recordCount();
            }
        }
        if (putCount < noted) {
            throw BenchException.failed(
                    "the streams of space %s end after %,d records, and %,d were acknowledged"
                            .formatted(space.name(), putCount, noted));
        }
    }

    /** The streams that have a record. */
    List<HeldStream> readable() {
        return streams.stream().filter(held -> held.recordCount() > 0).toList();
    }

    long recordCount() {
        return streams.stream().mapToLong(HeldStream::recordCount).sum();
    }
}
