package cordwood.lsm.compaction;

import cordwood.lsm.compaction.SizeTiers.Window;
import cordwood.lsm.flush.Stopped;
import cordwood.lsm.format.RunLength;
import cordwood.lsm.read.Version;
import cordwood.lsm.table.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The policy: which tables are written anew, and when that pays. Confined to one thread at a time.
 *
 * <p>What reads well is written once. Tables of long runs are left alone: a look into their
 * directories tells where a record is, if there is one. Only where very many of them lie upon each
 * other they are merged. Tables of short runs have to be looked into, so they are merged by tiers
 * of size until the runs are long, and while nothing is written, until few of them are left. A
 * table of which half was trimmed is written anew, and others too while much of all was trimmed.
 */
final class CompactionPicker {

    /** Attributes are looked up in every table that has some. */
    private static final int ATTRIBUTE_ROWS_MAX = 4;

    /**
     * A narrow read looks into each: one block of so many, and one more of a table of long runs.
     */
    private static final int SHORT_ROWS_MAX = 6;

    /** While writing is fast, merging gains more the longer it waits. */
    private static final int SHORT_ROWS_MAX_IN_BURSTS = 96;

    /** A look into the directory of each is cheap. */
    private static final int LONG_ROWS_MAX = 64;

    /** Of a table that is written anew at once, this part was trimmed. */
    private static final int TABLE_GARBAGE_DIVISOR = 2;

    /** Where more than this part of all was trimmed, tables with as much of it are written anew. */
    private static final int GARBAGE_DIVISOR = 8;

    private final Garbage garbage;
    private final AgeOrder ageOrder;

    /**
     * A policy.
     *
     * @param stopping asked where a choice takes long
     */
    CompactionPicker(Garbage garbage, BooleanSupplier stopping) {
        this.garbage = garbage;
        this.ageOrder = new AgeOrder(stopping);
    }

    /** Why tables are written anew, the most urgent first. */
    private enum Reason {
        MANY_ATTRIBUTES,
        HALF_GARBAGE,
        MANY_RUNS,
        MUCH_GARBAGE
    }

    /**
     * What there is room for.
     *
     * @param readBytesMax most bytes of tables to be read
     * @param freeBytes bytes that may be written
     * @param lendableBytes bytes more for what {@link #givesBack}
     */
    record Room(long readBytesMax, long freeBytes, long lendableBytes) {
        static final Room UNLIMITED = new Room(Long.MAX_VALUE, Long.MAX_VALUE, 0);
    }

    /**
     * The tables to be written anew next, newest first and of one kind; none when there is no need.
     *
     * @param version its tables kept open by the caller
     * @param isQuiet whether nothing, or little, is being written
     * @param room what there is room for; more only where all that is to be done takes more
     * @throws Stopped when the store is being closed
     */
    List<Table> pick(Version version, boolean isQuiet, Room room) {
        List<Table> tooLarge = List.of();
        for (Reason reason : Reason.values()) {
            List<Table> tables = tables(reason, version, isQuiet, room);
            if (!tables.isEmpty() && fits(tables, room)) {
                return tables;
            }
            tooLarge = tooLarge.isEmpty() ? tables : tooLarge;
        }
        return tooLarge;
    }

    /** Whether there is room for writing tables anew, as far as can be told. */
    boolean fits(List<Table> tables, Room room) {
        long lentBytes = givesBack(tables) ? room.lendableBytes() : 0;
        return sizeBytes(tables) <= room.readBytesMax()
                && writtenBytes(tables) - lentBytes <= room.freeBytes();
    }

    /** Whether so much of tables was trimmed that they may be written anew for that. */
    boolean givesBack(List<Table> tables) {
        return garbage.bytes(tables) > 0
                && garbage.bytes(tables) >= sizeBytes(tables) / GARBAGE_DIVISOR;
    }

    /** How much is written of tables, about. */
    long writtenBytes(List<Table> tables) {
        return sizeBytes(tables) - garbage.bytes(tables);
    }

    private List<Table> tables(Reason reason, Version version, boolean isQuiet, Room room) {
        List<Table> records = version.records();
        return switch (reason) {
            case MANY_ATTRIBUTES -> mergeableAttributes(version.attributes());
            case HALF_GARBAGE -> worst(records, TABLE_GARBAGE_DIVISOR, room);
            case MANY_RUNS -> {
                List<Table> runs =
                        mergeableRuns(
                                records, isQuiet, Math.min(room.readBytesMax(), room.freeBytes()));
                yield runs.isEmpty() ? runs : ageOrder.closed(runs, records);
            }
            case MUCH_GARBAGE ->
                    garbage.bytes(records) > sizeBytes(records) / GARBAGE_DIVISOR
                            ? worst(records, GARBAGE_DIVISOR, room)
                            : List.of();
        };
    }

    /** Bytes of tables that would be read next if nothing were written. */
    long debtBytes(Version version) {
        List<Table> records = version.records();
        return sizeBytes(mergeableAttributes(version.attributes()))
                + sizeBytes(mergeableRuns(records, true, Long.MAX_VALUE))
                + sizeBytes(worst(records, TABLE_GARBAGE_DIVISOR, Room.UNLIMITED));
    }

    /** How many rows a read has to look into, of the most that there should be. */
    double debtShare(Version version) {
        int rows = rows(of(RunLength.SHORT, version.records())).size();
        return (double) rows / SHORT_ROWS_MAX_IN_BURSTS;
    }

    /** The table of which most was trimmed, if that is so much of it; of those that fit, if any. */
    private List<Table> worst(List<Table> tables, int divisor, Room room) {
        return tables.stream()
                .filter(table -> garbage.bytes(table) >= table.sizeBytes() / divisor)
                .max(
                        Comparator.<Table, Boolean>comparing(table -> fits(List.of(table), room))
                                .thenComparingDouble(this::trimmedPart))
                .map(List::of)
                .orElse(List.of());
    }

    private double trimmedPart(Table table) {
        return (double) garbage.bytes(table) / table.sizeBytes();
    }

    private static List<Table> mergeableRuns(List<Table> records, boolean isQuiet, long bytesMax) {
        List<List<Table>> rows = rows(of(RunLength.SHORT, records));
        int rowsMax = isQuiet ? SHORT_ROWS_MAX : SHORT_ROWS_MAX_IN_BURSTS;
        List<Table> chosen = chosen(rows, rowsMax, bytesMax);
        if (chosen.isEmpty()) {
            List<Table> deepest = Depth.deepest(of(RunLength.LONG, records));
            if (deepest.size() > LONG_ROWS_MAX) {
                chosen = chosen(rows(deepest), LONG_ROWS_MAX, bytesMax);
            }
        }
        return chosen;
    }

    private static List<Table> chosen(List<List<Table>> rows, int rowsMax, long bytesMax) {
        long[] rowBytes = rows.stream().mapToLong(CompactionPicker::sizeBytes).toArray();
        Window window = SizeTiers.choose(rowBytes, rowsMax, bytesMax);
        return window == null
                ? List.of()
                : rows.subList(window.from(), window.to()).stream().flatMap(List::stream).toList();
    }

    private static List<Table> of(RunLength runs, List<Table> tables) {
        return tables.stream().filter(table -> table.runs() == runs).toList();
    }

    /** The newest rows, up to the first that is larger than all newer ones together. */
    private static List<Table> mergeableAttributes(List<Table> newestFirst) {
        List<List<Table>> rows = rows(newestFirst);
        if (rows.size() <= ATTRIBUTE_ROWS_MAX) {
            return List.of();
        }
        List<Table> inputs = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < rows.size(); i++) {
            long rowBytes = sizeBytes(rows.get(i));
            if (i >= 2 && rowBytes > bytes) {
                break;
            }
            inputs.addAll(rows.get(i));
            bytes += rowBytes;
        }
        return inputs;
    }

    /** Bytes of the files of tables. */
    static long sizeBytes(List<Table> tables) {
        long bytes = 0;
        for (Table table : tables) {
            bytes += table.sizeBytes();
        }
        return bytes;
    }

    /** Tables of one age, which share no position, together. */
    static List<List<Table>> rows(List<Table> newestFirst) {
        List<List<Table>> rows = new ArrayList<>();
        long sequence = 0;
        for (Table table : newestFirst) {
            if (rows.isEmpty() || table.lastSequence() != sequence) {
                rows.add(new ArrayList<>());
                sequence = table.lastSequence();
            }
            rows.getLast().add(table);
        }
        return rows;
    }
}
