package cordwood.lsm.manifest;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.RunLength;

/**
 * A table on record.
 *
 * @param number its number
 * @param kind what its records are
 * @param runs how long the runs of its streams are
 * @param sizeBytes length of its file
 * @param lastSequence sequence of the last batch in it: of two tables of a kind, the one with the
 *     higher is newer
 */
public record TableEntry(
        long number, RecordKind kind, RunLength runs, long sizeBytes, long lastSequence) {}
