package cordwood.lsm.compaction;

import cordwood.lsm.table.Table;
import java.util.List;

/**
 * Tables to be written anew, in runs as long as they can be.
 *
 * @param inputs newest first, all of one kind
 * @param reason why, in a word for people
 */
record Compaction(List<Table> inputs, String reason) {

    Compaction {
        inputs = List.copyOf(inputs);
    }

    /** Bytes of the inputs. */
    long sizeBytes() {
        return sizeBytes(inputs);
    }

    static long sizeBytes(List<Table> tables) {
        long bytes = 0;
        for (Table table : tables) {
            bytes += table.sizeBytes();
        }
        return bytes;
    }
}
