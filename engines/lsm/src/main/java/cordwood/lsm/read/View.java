package cordwood.lsm.read;

/**
 * What one call reads: a version, and how much of its active memtable. Batches applied since are
 * out of sight, so that none is seen in part.
 *
 * @param version pinned by the caller
 * @param activeLimit limit of places in the active memtable
 */
public record View(Version version, long activeLimit) {

    /** Everything that was applied by now. */
    public static View of(Version version) {
        return new View(version, version.active().visible());
    }
}
