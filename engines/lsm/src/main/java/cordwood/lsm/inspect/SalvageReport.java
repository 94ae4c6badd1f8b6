package cordwood.lsm.inspect;

import java.util.List;

/**
 * What a salvage has saved and what not.
 *
 * @param parts the tables, oldest first, and the log; the manifest where it is damaged
 * @param complete false when it was stopped before the end: then there is no new store
 */
public record SalvageReport(List<SalvagedPart> parts, boolean complete) {

    /** Copies the list. */
    public SalvageReport {
        parts = List.copyOf(parts);
    }

    /** Records that went into the new store. */
    public long savedRecords() {
        return parts.stream().mapToLong(SalvagedPart::savedRecords).sum();
    }

    /** Everything that is missing. */
    public List<Loss> losses() {
        return parts.stream().flatMap(part -> part.losses().stream()).toList();
    }

    /** Whether everything was saved. */
    public boolean isWhole() {
        return complete && parts.stream().allMatch(SalvagedPart::isWhole);
    }
}
