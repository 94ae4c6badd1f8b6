package cordwood.lsm.flush;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.read.Merge;
import cordwood.lsm.read.Versions;
import cordwood.lsm.table.SpaceShare;
import cordwood.lsm.table.Table;
import cordwood.store.Commit;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StreamBounds;
import cordwood.store.WriteBatch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Trims the oldest records of spaces that have grown above what they keep. For the step that takes
 * tables out of the version, but for {@link #isPutOff}.
 */
public final class Retention {

    /*
     * The oldest records of a space are those in its oldest tables: of every stream, all up to the
     * last in such a table. Tables go only while as much is left as the space keeps, so it is above
     * that by less than a table; what is not flushed yet does not count.
     *
     * Trims go through the log like anybody's, some at a time, and the next once those are done. So
     * nothing else is kept of them: after a crash the tables that were being trimmed are the oldest
     * again, and what of them was trimmed is passed over.
     */
    private static final int TRIMS_MAX = 256;

    /** How trims get into the log. */
    public interface Log {
        /** As {@link cordwood.store.StreamStore#newBatch}. */
        WriteBatch newBatch();

        /** As {@link cordwood.store.StreamStore#tryAppend}. */
        Commit tryAppend(WriteBatch batch);
    }

    /** Trims under way. */
    private record Trims(Kept space, StreamKey last, WriteBatch batch, Commit commit) {}

    private final List<Kept> spaces;
    private final Versions versions;
    private final TrimPoints trimPoints;
    private final Log log;
    private final Runnable wake;
    private final Merge merge = new Merge();

    private @Nullable Trims trims;
    private volatile boolean isPutOff;

    /**
     * Nothing trimmed yet.
     *
     * @param keptBytes what each space keeps of its tables, by its identity
     * @param wake has {@link #run} called soon
     */
    public Retention(
            Map<Integer, Long> keptBytes,
            Versions versions,
            TrimHold hold,
            Log log,
            Runnable wake) {
        this.spaces =
                keptBytes.entrySet().stream()
                        .map(entry -> new Kept(entry.getKey(), entry.getValue()))
                        .toList();
        this.versions = versions;
        this.trimPoints = new TrimPoints(versions, hold);
        this.log = log;
        this.wake = wake;
    }

    /** Whether trims were refused, and are to be tried again later. Thread-safe. */
    public boolean isPutOff() {
        return isPutOff;
    }

    /** One pass: trims some streams where a space has too much; whether more is to be done now. */
    public boolean run() {
        if (spaces.isEmpty() || !isSettled()) {
            return false;
        }
        isPutOff = false;
        try {
            return trimExcess();
        } catch (StoreException.Closed _) {
            return false;
        } catch (RuntimeException e) {
            StorageFailures.refusal(e);
            isPutOff = true;
            return false;
        }
    }

    private boolean trimExcess() {
        List<Table> tables = versions.current().records();
        Set<Long> numbers = tables.stream().map(Table::number).collect(Collectors.toSet());
        for (Kept space : spaces) {
            space.bytesByTable.keySet().retainAll(numbers);
            List<Table> oldest = space.excess(tables);
            if (!oldest.isEmpty()) {
                return trim(space, oldest);
            }
        }
        return false;
    }

    /** Whether nothing is under way any more; what was refused is begun anew. */
    private boolean isSettled() {
        Trims last = trims;
        if (last == null) {
            return true;
        }
        if (!last.commit.isDone()) {
            return false;
        }
        trims = null;
        last.batch.close();
        isPutOff = last.commit.failure() != null;
        last.space.passed = isPutOff ? null : last.last;
        return !isPutOff;
    }

    private boolean trim(Kept space, List<Table> oldest) {
        space.begin(oldest);
        WriteBatch batch = log.newBatch();
        boolean handed = false;
        try {
            StreamKey last = fill(batch, space, oldest);
            if (last == null) {
                space.trimmed();
                return true;
            }
            Commit commit = log.tryAppend(batch);
            handed = true;
            trims = new Trims(space, last, batch, commit);
            commit.whenDone(_ -> wake.run());
            return false; // woken then
        } finally {
            if (!handed) {
                batch.close();
            }
        }
    }

    /** The last stream that is trimmed; null when none is left to be. */
    private @Nullable StreamKey fill(WriteBatch batch, Kept space, List<Table> oldest) {
        StreamKey last = null;
        int count = 0;
        StreamKey key = space.next(oldest, space.passed);
        while (key != null && count < TRIMS_MAX) {
            long to = last(oldest, key);
            if (trimPoints.of(key) < to) {
                batch.trim(space.space, key.stream(), to);
                last = key;
                count++;
            }
            key = space.next(oldest, key);
        }
        return last;
    }

    private long last(List<Table> tables, StreamKey key) {
        try {
            tables.forEach(table -> merge.add(table, key));
            merge.seek(Long.MAX_VALUE, false);
            return merge.next() ? merge.position() : StreamBounds.NEVER_TRIMMED;
        } finally {
            merge.release();
        }
    }

    /** What a space has, and how far it was trimmed. */
    private static final class Kept {
        final Space space;
        final int tag;
        final long keptBytes;
        final Map<Long, Long> bytesByTable = new HashMap<>();
        long trimmedSequence; // of tables up to it every record was trimmed
        long trimmingSequence; // of the tables that are at it
        @Nullable StreamKey passed; // in those

        Kept(int id, long keptBytes) {
            this.space = new Space(id, "space " + id);
            this.tag = new StreamKey(RecordKind.RECORDS, id, 0).tag();
            this.keptBytes = keptBytes;
        }

        /** The oldest tables, of one sequence, if as much is left without them as is kept. */
        List<Table> excess(List<Table> newestFirst) {
            List<Table> present =
                    newestFirst.stream()
                            .filter(table -> table.lastSequence() > trimmedSequence)
                            .filter(table -> bytes(table) > 0)
                            .toList();
            if (present.isEmpty()) {
                return present;
            }
            long sequence = present.getLast().lastSequence();
            long leftBytes =
                    present.stream()
                            .filter(table -> table.lastSequence() > sequence)
                            .mapToLong(this::bytes)
                            .sum();
            return leftBytes < keptBytes
                    ? List.of()
                    : present.stream().filter(table -> table.lastSequence() == sequence).toList();
        }

        private long bytes(Table table) {
            return bytesByTable.computeIfAbsent(table.number(), _ -> SpaceShare.bytes(table, tag));
        }

        /** Begins with tables, unless it is at them already. */
        void begin(List<Table> oldest) {
            long sequence = oldest.getFirst().lastSequence();
            if (sequence != trimmingSequence) {
                trimmingSequence = sequence;
                passed = null;
            }
        }

        void trimmed() {
            trimmedSequence = trimmingSequence;
        }

        /** The lowest stream behind one that some of these tables hold. */
        @Nullable StreamKey next(List<Table> tables, @Nullable StreamKey behind) {
            StreamKey lowest =
                    behind == null
                            ? Table.nextKey(tables, tag, Long.MIN_VALUE, true)
                            : Table.nextKey(tables, tag, behind.stream(), false);
            return lowest != null && lowest.tag() == tag ? lowest : null;
        }
    }
}
