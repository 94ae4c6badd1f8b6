package cordwood.lsm.checkpoint;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.format.Corruption;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StoreId;
import cordwood.lsm.manifest.Manifest;
import cordwood.lsm.manifest.ManifestState;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.wal.RecordedSegment;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Makes a store out of the files that another one has on record, under their own names and with the
 * other's identity. Used once, by one thread.
 */
public final class StoreCopy {

    /*
     * The manifest comes last, once everything it names is synced and has the length on record, and
     * counts by its rename, once it was read back: a directory without one is refused as a store, so
     * half a copy never opens.
     *
     * A table may be linked: it is never changed once it is on record, only deleted, and then the
     * other name stays. A segment of the log is written again and again, and always copied.
     */

    /**
     * Whose files are copied.
     *
     * @param account pays for what copying takes
     */
    public record Source(
            Disk disk, Path directory, StoreId store, Chunks chunks, Account account) {}

    /** What becomes of tables where the file system can give them a second name. */
    public enum Tables {
        /** They get one, and are shared with the source. */
        LINKED,
        /** They are copied all the same. */
        COPIED
    }

    /** Told how far the copy has come. */
    @FunctionalInterface
    public interface Progress {
        /** So many bytes of all are in the copy, linked ones included. */
        void copied(long doneBytes, long allBytes);
    }

    private final Source source;
    private final Tables tables;
    private final BooleanSupplier stopping;
    private final Progress progress;

    private long allBytes;
    private long doneBytes;

    /** A copy not made yet; {@code stopping} ends it between two reads. */
    public StoreCopy(Source source, Tables tables, BooleanSupplier stopping, Progress progress) {
        this.source = source;
        this.tables = tables;
        this.stopping = stopping;
        this.progress = progress;
    }

    /**
     * Refuses what {@link #make} would refuse at once.
     *
     * @throws StoreException.Invalid when the target exists, or lies in the source
     */
    public static void requireTarget(Disk disk, Path target, Path source) {
        TargetDirectory.require(disk, target, source);
    }

    /**
     * Makes the copy.
     *
     * @param owner what it is, for whoever wants the same target meanwhile
     * @param cut says what is to be on record, once the target is claimed; the files must stay
     *     until this returns
     * @throws StoreException.Invalid when the target exists, lies in the source, or cannot be made
     * @throws StoreException.Corrupt when a file is not as long as on record, or the manifest is
     *     not read back as it was written
     * @throws CancellationException when it was stopped
     * @throws cordwood.files.FileFailure when the disk fails
     */
    public void make(Path target, String owner, Supplier<ManifestState> cut) {
        requireTarget(source.disk(), target, source.directory());
        new TargetDirectory(source.disk(), target, owner).make(made -> fill(made, target, cut));
    }

    private void fill(TargetDirectory made, Path target, Supplier<ManifestState> cut) {
        ManifestState state = cut.get();
        for (TableEntry table : state.tables()) {
            allBytes += table.sizeBytes();
        }
        for (RecordedSegment segment : state.segments()) {
            allBytes += lengthBytes(from(FileNames.segment(segment.number())));
        }
        try (FileCopier copier =
                new FileCopier(
                        source.disk(), source.chunks(), source.account(), stopping, this::count)) {
            for (TableEntry table : state.tables()) {
                table(made, FileNames.table(table.number()), table.sizeBytes(), copier);
            }
            for (RecordedSegment segment : state.segments()) {
                String name = FileNames.segment(segment.number());
                copier.copy(from(name), made.file(name), lengthBytes(from(name)));
            }
        }
        source.disk().syncDirectory(target);
        made.file(FileNames.temporary(FileNames.MANIFEST));
        made.file(FileNames.MANIFEST);
        Manifest.writeCopy(
                source.disk(), target, source.chunks(), source.account(), source.store(), state);
    }

    private void table(TargetDirectory made, String name, long sizeBytes, FileCopier copier) {
        if (stopping.getAsBoolean()) {
            throw new CancellationException("stopped");
        }
        Path to = made.file(name);
        if (tables == Tables.LINKED && source.disk().tryLink(from(name), to)) {
            requireLength(to, sizeBytes);
            count(sizeBytes);
        } else {
            copier.copy(from(name), to, sizeBytes);
        }
    }

    private void requireLength(Path file, long sizeBytes) {
        long foundBytes = lengthBytes(file);
        if (foundBytes != sizeBytes) {
            throw Corruption.at(
                    file,
                    Math.min(sizeBytes, foundBytes),
                    "a table of " + sizeBytes + " bytes",
                    foundBytes + " bytes");
        }
    }

    private long lengthBytes(Path file) {
        try (DiskFile open = source.disk().openReadOnly(file)) {
            return open.sizeBytes();
        }
    }

    private void count(long bytes) {
        doneBytes += bytes;
        progress.copied(doneBytes, allBytes);
    }

    private Path from(String name) {
        return source.directory().resolve(name);
    }

    /** Bytes of all files in the copy, but for its manifest. */
    public long allBytes() {
        return allBytes;
    }
}
