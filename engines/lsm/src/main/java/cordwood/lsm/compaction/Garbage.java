package cordwood.lsm.compaction;

import cordwood.lsm.flush.TrimPoints;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.table.Table;
import cordwood.lsm.table.TableBlocks;
import cordwood.store.StreamBounds;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Estimates how much of each table was trimmed. Belongs to one thread, but for the estimates, which
 * any may ask for.
 */
final class Garbage {

    /*
     * What the directory names of a block, its first and last record, stand for the rest of it: for
     * blocks of one stream that is exact but for the one that the trim point lies in, for blocks of
     * many it is a sample. What is written anew holds nothing trimmed, so no estimate outlives that.
     */
    private final TrimPoints trimPoints;
    private final Map<Long, Long> bytes = new ConcurrentHashMap<>();

    // the stream looked up last
    private int tag;
    private long stream;
    private long trimmedTo;

    // the table being looked at
    private long halves;

    Garbage(TrimPoints trimPoints) {
        this.trimPoints = trimPoints;
    }

    /** Looks at all tables of records, kept open by the caller. */
    void look(List<Table> tables) {
        Set<Long> present = new HashSet<>();
        for (Table table : tables) {
            present.add(table.number());
            bytes.put(table.number(), lookAt(table));
        }
        bytes.keySet().retainAll(present);
    }

    private long lookAt(Table table) {
        tag = 0; // what was looked up for the table before may be outdated
        halves = 0;
        TableBlocks.visit(
                table,
                (firstTag, firstStream, first, lastTag, lastStream, last, storedBytes) -> {
                    halves += isTrimmed(firstTag, firstStream, first) ? storedBytes : 0;
                    halves += isTrimmed(lastTag, lastStream, last) ? storedBytes : 0;
                });
        return halves / 2;
    }

    private boolean isTrimmed(int ofTag, long ofStream, long position) {
        if (ofTag >>> 8 != RecordKind.RECORDS.code()) {
            return false;
        }
        if (tag != ofTag || stream != ofStream) {
            tag = ofTag;
            stream = ofStream;
            trimmedTo = trimPoints.of(StreamKey.of(ofTag, ofStream));
        }
        return trimmedTo != StreamBounds.NEVER_TRIMMED && position <= trimmedTo;
    }

    /** Bytes of a table that were trimmed, as of the last look. */
    long bytes(Table table) {
        return bytes.getOrDefault(table.number(), 0L);
    }

    /** As above, of all tables. */
    long bytes(List<Table> tables) {
        long sum = 0;
        for (Table table : tables) {
            sum += bytes(table);
        }
        return sum;
    }
}
