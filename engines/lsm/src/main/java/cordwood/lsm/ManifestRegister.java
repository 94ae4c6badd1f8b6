package cordwood.lsm;

import cordwood.lsm.manifest.Edit;
import cordwood.lsm.manifest.Manifest;
import cordwood.lsm.manifest.ManifestState;
import cordwood.lsm.wal.LogMilestones;
import cordwood.lsm.wal.RecordedSegment;
import cordwood.lsm.wal.SegmentRegister;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts on record in the manifest what segments there are and how far the log has come. Thread-safe.
 */
final class ManifestRegister implements SegmentRegister {

    private final Manifest manifest;
    private final LogMilestones milestones;

    ManifestRegister(Manifest manifest, LogMilestones milestones) {
        this.manifest = manifest;
        this.milestones = milestones;
    }

    LogMilestones milestones() {
        return milestones;
    }

    @Override
    public long nextNumber() {
        return manifest.nextNumber();
    }

    @Override
    public boolean keepRoom() {
        return manifest.keepRoom();
    }

    @Override
    public void add(List<RecordedSegment> prepared) {
        List<Edit> edits = new ArrayList<>();
        for (RecordedSegment segment : prepared) {
            edits.add(new Edit.AddSegment(segment.number(), segment.sizeBytes()));
        }
        record(edits);
    }

    @Override
    public void drop(List<Long> numbers) {
        List<Edit> edits = new ArrayList<>();
        numbers.forEach(number -> edits.add(new Edit.DropSegment(number)));
        manifest.append(edits);
    }

    /** Puts milestones on record that are due; answers whether there were any. */
    boolean recordDue() {
        boolean due = milestones.areDue();
        if (due) {
            record(List.of());
        }
        return due;
    }

    /** Makes edits, and puts every milestone on record with them. */
    synchronized void record(List<Edit> edits) {
        LogMilestones.News news = milestones.news();
        manifest.append(state -> {
            List<Edit> all = milestones(news, state);
            all.addAll(edits);
            return all;
        });
        milestones.recorded(news);
    }

    /** But for segments that are off the record by now. */
    private static List<Edit> milestones(LogMilestones.News news, ManifestState state) {
        List<Edit> edits = new ArrayList<>();
        for (LogMilestones.Begun begun : news.begun()) {
            if (state.hasSegment(begun.segment())) {
                edits.add(new Edit.BeginSegment(begun.segment(), begun.startPosition()));
            }
        }
        if (news.syncedPosition() > state.syncedPosition()) {
            edits.add(new Edit.Synced(news.syncedPosition()));
        }
        return edits;
    }
}
