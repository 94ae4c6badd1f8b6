package cordwood.lsm.manifest;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.format.Corruption;
import cordwood.lsm.format.FieldText;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileKind;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Region;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Reads a manifest's file, and decides where it ends. Changes nothing. */
public final class ManifestReader {

    private static final long SIZE_BYTES_MAX = 256L << 20;

    /** Told of each intact part, in the order of the file. */
    public interface Visitor {
        /** The header, in a line for people. */
        default void header(Supplier<String> fields) {}

        /** A frame, with its head in a line for people; its edits may still contradict others. */
        default void frame(long offset, Supplier<String> fields, List<Edit> edits) {}
    }

    /** Somebody who only wants the content. */
    static final Visitor NOBODY = new Visitor() {};

    private ManifestReader() {}

    /**
     * Reads a manifest.
     *
     * @throws StoreException.Corrupt when it is damaged
     * @throws StoreException.Invalid when a later version wrote it
     */
    public static ManifestContent read(
            Disk disk, Path path, Chunks chunks, Account account, Visitor visitor) {
        try (Region region = content(disk.openReadOnly(path), chunks, account)) {
            return read(path, region.memory(), visitor);
        }
    }

    /** The whole of a manifest's file, which is closed. */
    private static Region content(DiskFile file, Chunks chunks, Account account) {
        Region region = null;
        boolean whole = false;
        try {
            try (file) {
                long bytes = file.sizeBytes();
                if (bytes < ManifestDescriptor.FRAMES_AT || bytes > SIZE_BYTES_MAX) {
                    throw Corruption.at(file.path(), 0, "a manifest", bytes + " bytes");
                }
                region = chunks.region(account, bytes);
                region.memory().fill((byte) 0);
                file.read(0, region.buffer());
            }
            whole = true;
            return region;
        } finally {
            if (region != null && !whole) {
                region.close();
            }
        }
    }

    private static ManifestContent read(Path path, MemorySegment content, Visitor visitor) {
        if (!ManifestDescriptor.hasHeader(content)) {
            throw Corruption.at(path, 0, "the header of a manifest", "none that is intact");
        }
        visitor.header(() -> FieldText.of(ManifestDescriptor.HEADER, content, 0));
        FileHeader header = FileHeader.read(content);
        header.require(FileHeader.of(FileKind.MANIFEST, header.store(), header.number()), path);
        ManifestState state = new ManifestState();
        long index = 0;
        long at = ManifestDescriptor.FRAMES_AT;
        while (ManifestDescriptor.isFrame(content, at, header.number())
                && ManifestDescriptor.index(content, at) == index) {
            long frameAt = at;
            try {
                List<Edit> edits = ManifestDescriptor.edits(content, at);
                visitor.frame(
                        at, () -> FieldText.of(ManifestDescriptor.FRAME, content, frameAt), edits);
                edits.forEach(state::apply);
            } catch (IllegalArgumentException e) {
                throw Corruption.at(path, at, "edits that hold together", e.getMessage() + "");
            }
            at += ManifestDescriptor.extentBytes(content, at);
            index++;
        }
        requireNothingBehind(content, at, header.number(), path);
        if (index == 0) {
            throw Corruption.at(path, at, "a snapshot", "none that is intact");
        }
        requireWhole(content, path);
        return new ManifestContent(header, state, index, at, isTorn(content, at));
    }

    private static void requireNothingBehind(
            MemorySegment content, long end, long generation, Path path) {
        for (long at = end; at < content.byteSize(); at += ManifestDescriptor.PAGE_BYTES) {
            if (ManifestDescriptor.isFrame(content, at, generation)) {
                throw Corruption.at(
                        path, end, "an intact edit, for there is one at " + at, "a damaged one");
            }
        }
    }

    /** A file is never shorter than it was made: edits may have been cut off. */
    private static void requireWhole(MemorySegment content, Path path) {
        long snapshotBytes = ManifestDescriptor.extentBytes(content, ManifestDescriptor.FRAMES_AT);
        long wholeBytes = ManifestDescriptor.fileBytes(snapshotBytes);
        if (content.byteSize() < wholeBytes) {
            throw Corruption.at(
                    path,
                    content.byteSize(),
                    "a manifest of " + wholeBytes + " bytes",
                    content.byteSize() + " bytes");
        }
    }

    private static boolean isTorn(MemorySegment content, long end) {
        long from = Math.min(end, content.byteSize());
        MemorySegment zeros = MemorySegment.ofArray(new byte[ManifestDescriptor.PAGE_BYTES]);
        for (long at = from; at < content.byteSize(); at += zeros.byteSize()) {
            long bytes = Math.min(zeros.byteSize(), content.byteSize() - at);
            if (content.asSlice(at, bytes).mismatch(zeros.asSlice(0, bytes)) >= 0) {
                return true;
            }
        }
        return false;
    }
}
