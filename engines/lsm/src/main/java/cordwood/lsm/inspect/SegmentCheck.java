package cordwood.lsm.inspect;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.format.Corruption;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.StretchScan;
import cordwood.lsm.wal.RecordedSegment;
import cordwood.lsm.wal.SegmentInspection;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Counts what one segment of the log holds. Used once. */
final class SegmentCheck implements SegmentInspection.Visitor {

    private final Path path;
    private final StretchScan scan = new StretchScan();
    private final List<StoreException.Corrupt> findings = new ArrayList<>();
    private long records;

    SegmentCheck(Path path) {
        this.path = path;
    }

    String run(
            Disk disk, InspectionMemory memory, RecordedSegment segment, BooleanSupplier stopping) {
        try (DiskFile file = disk.openReadOnly(path)) {
            SegmentInspection.Content content =
                    new SegmentInspection(
                                    file,
                                    memory.chunks(),
                                    memory.large(),
                                    memory.windowMemory(),
                                    stopping)
                            .run(segment.number(), this);
            return content.begun()
                    ? "%,d batches, %,d records, up to offset %d of %d%s"
                            .formatted(
                                    content.batches(),
                                    records,
                                    content.endBytes(),
                                    file.sizeBytes(),
                                    segment.isSettled() ? ", settled" : "")
                    : "prepared, not begun";
        } catch (StoreException.Corrupt damage) {
            findings.add(damage);
            return "";
        }
    }

    @Override
    public void header(FileHeader header, Supplier<String> fields) {}

    @Override
    public void batch(long offset, MemorySegment body, Supplier<String> fields) {
        try {
            scan.scan(body, 0, body.byteSize(), (_, stretch) -> records += stretch.count());
        } catch (IllegalArgumentException e) {
            findings.add(Corruption.at(path, offset, "a batch of stretches", e.getMessage() + ""));
        }
    }

    long records() {
        return records;
    }

    List<StoreException.Corrupt> findings() {
        return findings;
    }
}
