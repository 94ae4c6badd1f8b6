package cordwood.lsm.checkpoint;

import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.manifest.Manifest;
import cordwood.lsm.manifest.ManifestState;
import cordwood.lsm.manifest.TableEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Deletes the files of tables that nobody reads any more, but for those that a checkpoint is being
 * made of: they go when it ends. Thread-safe.
 */
public final class TablePins {

    /*
     * What is pinned is read from the manifest and noted in one go, and a table is off the record
     * before its file is to be deleted. So whoever deletes one that was on record then finds it
     * pinned. A crash leaves files that are not on record, which the next opening deletes.
     */
    private final Disk disk;
    private final Path directory;

    // guarded by this
    private Set<Long> pinned = Set.of();
    private List<Path> overdue = List.of();

    /** No table of the directory is pinned. */
    public TablePins(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Pins all tables on record, which the caller {@link #unpin}s; nobody else may have some. */
    synchronized ManifestState pin(Manifest manifest) {
        if (!pinned.isEmpty()) {
            throw new IllegalStateException("another checkpoint has pins");
        }
        ManifestState cut = manifest.read(ManifestState::withoutSegments);
        Set<Long> numbers = new HashSet<>();
        for (TableEntry table : cut.tables()) {
            numbers.add(table.number());
        }
        overdue = new ArrayList<>(numbers.size()); // a full heap later on does not lose any
        pinned = numbers;
        return cut;
    }

    /**
     * Deletes the file of a table that is closed and off the record, now or once it is unpinned.
     */
    public void delete(long number) {
        Path file = directory.resolve(FileNames.table(number));
        if (!isOverdue(number, file)) {
            disk.delete(file);
        }
    }

    private synchronized boolean isOverdue(long number, Path file) {
        return pinned.contains(number) && overdue.add(file);
    }

    /** Ends all pins. */
    void unpin() {
        for (Path file : released()) {
            try {
                disk.delete(file);
            } catch (FileFailure _) {
                // the next opening does it
            }
        }
    }

    private synchronized List<Path> released() {
        List<Path> files = overdue;
        overdue = List.of();
        pinned = Set.of();
        return files;
    }
}
