package cordwood.lsm.inspect;

/**
 * What became of a restore.
 *
 * @param found what the verification of the snapshot found
 * @param restored whether the new store was made: only where the snapshot is sound, and nobody
 *     stopped it
 * @param copiedBytes bytes of the files copied, but for the manifest; 0 where it was not made
 */
public record RestoreReport(StoreReport found, boolean restored, long copiedBytes) {}
