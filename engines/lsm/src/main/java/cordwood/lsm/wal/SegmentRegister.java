package cordwood.lsm.wal;

import java.util.List;

/** The durable record of which segments there are, and the source of their numbers. */
public interface SegmentRegister {

    /** A number that no file has had. */
    long nextNumber();

    /**
     * Keeps room for what will be recorded; false when nothing was to do.
     *
     * @throws cordwood.files.FileFailure when there is none, or the disk fails
     */
    boolean keepRoom();

    /**
     * Records segments whose files and directory entries are synced, by {@link
     * RecordedSegment#prepared}. They may be written to once this returns.
     */
    void add(List<RecordedSegment> prepared);

    /** Takes segments off the record that were never begun. Their files may go once it returns. */
    void drop(List<Long> numbers);
}
