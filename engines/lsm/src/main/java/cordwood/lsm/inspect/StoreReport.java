package cordwood.lsm.inspect;

import cordwood.store.StoreException;
import java.util.List;

/**
 * What a verification found in a whole store.
 *
 * @param files every file, the manifest first
 * @param log where the write-ahead log ends and why, in words; empty when it was not read
 * @param records records in tables and in the log, attributes and trims included; a record that is
 *     in both counts twice
 * @param complete false when it was stopped before the end
 */
public record StoreReport(List<FileReport> files, String log, long records, boolean complete) {

    /** Copies the list. */
    public StoreReport {
        files = List.copyOf(files);
    }

    /** Everything that is wrong. */
    public List<StoreException.Corrupt> findings() {
        return files.stream().flatMap(file -> file.findings().stream()).toList();
    }

    /** Whether the store can be opened and every byte of it be believed. */
    public boolean isSound() {
        return complete && findings().isEmpty();
    }
}
