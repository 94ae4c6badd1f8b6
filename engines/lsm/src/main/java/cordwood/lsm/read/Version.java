package cordwood.lsm.read;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.table.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * What the store consists of at a moment. Immutable, but for what is still added to the active
 * memtable; what it names stays readable while it is pinned.
 *
 * @param active takes what is written now
 * @param sealed full memtables, newest first
 * @param records tables with records, newest first
 * @param attributes tables with attributes, newest first
 */
public record Version(
        Memtable active, List<Memtable> sealed, List<Table> records, List<Table> attributes) {

    /** Copies the lists. */
    public Version {
        sealed = List.copyOf(sealed);
        records = List.copyOf(records);
        attributes = List.copyOf(attributes);
    }

    /** Bytes that wait to be flushed. */
    public long debtBytes() {
        long bytes = 0;
        for (int i = 0; i < sealed.size(); i++) {
            bytes += sealed.get(i).usedBytes();
        }
        return bytes;
    }

    /** Bytes that memtables and their index take. */
    public long memoryBytes() {
        long bytes = active.memoryBytes();
        for (int i = 0; i < sealed.size(); i++) {
            bytes += sealed.get(i).memoryBytes();
        }
        return bytes;
    }

    /** How fast the memtable sealed last was filled; 0 when none waits. */
    public double filledBytesPerNano() {
        return sealed.isEmpty() ? 0 : sealed.getFirst().filledBytesPerNano();
    }

    /** The tables of every kind. */
    public List<Table> allTables() {
        List<Table> all = new ArrayList<>(records);
        all.addAll(attributes);
        return all;
    }

    /** The tables of a kind, newest first. */
    public List<Table> tables(RecordKind kind) {
        return switch (kind) {
            case RECORDS -> records;
            case ATTRIBUTES -> attributes;
        };
    }
}
