package cordwood.lsm.inspect;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.format.Corruption;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StretchScan;
import cordwood.lsm.wal.SegmentInspection;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shows a segment of the log: its batches in a row from the start. Used once. */
final class SegmentDump implements SegmentInspection.Visitor {

    private final Listing listing;
    private final DumpOptions options;
    private final Path path;
    private final StretchScan scan = new StretchScan();

    SegmentDump(Path path, Listing listing, DumpOptions options) {
        this.path = path;
        this.listing = listing;
        this.options = options;
    }

    void run(Disk disk, InspectionMemory memory, BooleanSupplier stopping) {
        try (DiskFile file = disk.openReadOnly(path)) {
            SegmentInspection inspection =
                    new SegmentInspection(
                            file,
                            memory.chunks(),
                            memory.large(),
                            memory.windowMemory(),
                            () -> listing.isFull() || stopping.getAsBoolean());
            FileHeader header = inspection.header();
            SegmentInspection.Content content = inspection.run(number(path, header), this);
            boolean damaged = header == null && (content.batches() > 0 || inspection.hasMagic());
            if (damaged) {
                throw Corruption.at(path, 0, "the header of a segment", "none that is intact");
            }
            listing.add(() -> end(content, header));
        }
    }

    /** The number in the name; of a file under another name, the number that it says it has. */
    private static long number(Path path, @Nullable FileHeader header) {
        if (FileNames.isNumbered(path)) {
            return FileNames.number(path);
        }
        return header == null ? 0 : header.number();
    }

    private static String end(SegmentInspection.Content content, @Nullable FileHeader header) {
        if (content.begun()) {
            return "  @%d end: no further intact batch, %,d before"
                    .formatted(content.endBytes(), content.batches());
        }
        return header == null
                ? "  prepared, not begun"
                : "  prepared, not begun: the header is of an earlier use as segment "
                        + header.number();
    }

    @Override
    public void header(FileHeader header, Supplier<String> fields) {
        listing.add(() -> "  @0 header " + fields.get());
    }

    @Override
    public void batch(long offset, MemorySegment body, Supplier<String> fields) {
        listing.add(() -> "  @%d frame %s".formatted(offset, fields.get()));
        if (options.records()) {
            try {
                scan.scan(
                        body,
                        0,
                        body.byteSize(),
                        (key, records) -> RecordLines.add(key, records, listing));
            } catch (IllegalArgumentException e) {
                throw Corruption.at(
                        path, offset, "a batch of stretches", String.valueOf(e.getMessage()));
            }
        }
    }
}
