package cordwood.lsm.wal;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileKind;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StoreId;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Set;

/**
 * The segments that are not on record. A crash leaves such files: made and not recorded yet, or
 * taken off the record and not renamed yet. Neither kind holds anything that belongs behind the end
 * of the log; one that does has lost its record.
 */
final class UnrecordedSegments {

    private final Disk disk;
    private final Path directory;
    private final StoreId store;
    private final MemorySegment window;

    UnrecordedSegments(Disk disk, Path directory, StoreId store, MemorySegment window) {
        this.disk = disk;
        this.directory = directory;
        this.store = store;
        this.window = window;
    }

    /**
     * Holds the end of the log against these files.
     *
     * @param recorded numbers on record
     * @param position where the log ends
     * @param lastSequence sequence of the last batch before
     * @throws StoreException.Corrupt that blames the manifest, when the log goes on in one
     */
    void requireNoneMissed(Set<Long> recorded, long position, long lastSequence) {
        for (Path path : disk.list(directory)) {
            if (FileNames.kind(path) == FileKind.WAL_SEGMENT
                    && !recorded.contains(FileNames.number(path))
                    && !disk.isDirectory(path)
                    && isMissed(path, position, lastSequence)) {
                Path manifest = directory.resolve(FileNames.MANIFEST);
                throw new StoreException.Corrupt(
                        "%s is damaged: expected the record of %s, where the log goes on, found none"
                                .formatted(manifest, path.getFileName()),
                        manifest,
                        -1,
                        null);
            }
        }
    }

    /** Whether a file goes on from the log's end, or says, under any number, that it was later. */
    private boolean isMissed(Path path, long position, long lastSequence) {
        MemorySegment page = MemorySegment.ofArray(new byte[WalDescriptor.HEADER.sizeBytes()]);
        try (DiskFile file = disk.openReadOnly(path)) {
            boolean whole = file.read(0, page.asByteBuffer()) == page.byteSize();
            if (!whole || !WalDescriptor.isHeader(page)) {
                return false;
            }
            FileHeader header = FileHeader.read(page);
            if (!header.equals(FileHeader.of(FileKind.WAL_SEGMENT, store, header.number()))) {
                return false;
            }
            WalDescriptor.Link link = WalDescriptor.link(page);
            SegmentReader reader = new SegmentReader(file, header.number(), window);
            boolean goesOn =
                    link.startPosition() == position
                            && link.lastSequence() == lastSequence
                            && reader.frame(WalDescriptor.FRAMES_AT) >= 0;
            Beyond promised =
                    reader.scan(
                            WalDescriptor.FRAMES_AT,
                            Long.MAX_VALUE,
                            Beyond.NOTHING.with(link.syncedPosition(), 0));
            return goesOn || promised.syncedPosition() > position;
        }
    }
}
