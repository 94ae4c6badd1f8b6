package cordwood.lsm.inspect;

import java.util.List;

/**
 * What a salvage has made of one part of a store.
 *
 * @param name a table's file name, or what the part is, in words
 * @param savedRecords records that went into the new store, attributes and trims included; what was
 *     written again, or trimmed, counts too
 * @param missingRecords records that are missing, or {@link #UNKNOWN}
 * @param losses what is missing, where it was
 */
public record SalvagedPart(String name, long savedRecords, long missingRecords, List<Loss> losses) {

    /** Of what is missing nobody can say how much it was. */
    public static final long UNKNOWN = -1;

    /** Copies the list. */
    public SalvagedPart {
        losses = List.copyOf(losses);
    }

    /** Whether nothing of it is missing. */
    public boolean isWhole() {
        return missingRecords == 0 && losses.isEmpty();
    }
}
