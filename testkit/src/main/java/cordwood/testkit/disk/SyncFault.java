package cordwood.testkit.disk;

/**
 * A sync that the device fails, and what the file system makes of it. After it, syncs report
 * success again: that is the trap.
 *
 * @param sync which sync fails, from 1, counted over files and directories of the disk
 * @param personality how the file system behaves
 * @param droppedPercent how likely each unsynced block is not to reach the device; at least one
 *     does not
 */
public record SyncFault(long sync, Personality personality, int droppedPercent) {

    /** What file systems do about pages they could not write. */
    public enum Personality {
        /**
         * Dropped pages keep their new content in memory and count as clean: reads show them, later
         * syncs do not write them, and a power loss reveals the old content.
         */
        PAGES_KEPT,
        /** Dropped pages go back to what is on the device, at once. */
        PAGES_REVERTED,
        /** The failing sync reports success and keeps its pages; the file's next sync fails. */
        REPORTED_LATE
    }
}
