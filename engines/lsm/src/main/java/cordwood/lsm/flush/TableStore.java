package cordwood.lsm.flush;

import cordwood.files.Disk;
import cordwood.lsm.format.Closing;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.manifest.Manifest;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.table.BlockCache;
import cordwood.lsm.table.Table;
import cordwood.lsm.table.TableWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** Where tables are made, opened and deleted. Thread-safe. */
public final class TableStore {

    private final Disk disk;
    private final Path directory;
    private final Manifest manifest;
    private final BlockCache cache;
    private final TableWriter.Style style;
    private final Executor syncs;

    /** Tables of one directory; {@code syncs} as {@link TableWriter} has it. */
    public TableStore(
            Disk disk,
            Path directory,
            Manifest manifest,
            BlockCache cache,
            TableWriter.Style style,
            Executor syncs) {
        this.disk = disk;
        this.directory = directory;
        this.manifest = manifest;
        this.cache = cache;
        this.style = style;
        this.syncs = syncs;
    }

    /** A writer of a new table; {@code room} is its memory until it is finished or abandoned. */
    TableWriter newWriter(long number, RecordKind kind, MemorySegment room) {
        return new TableWriter(disk, directory, manifest.store(), number, kind, style, syncs, room);
    }

    /** Opens a table that is complete. */
    public Table open(TableEntry entry) {
        return Table.open(
                disk,
                directory,
                manifest.store(),
                entry.number(),
                entry.kind(),
                entry.sizeBytes(),
                cache);
    }

    /** Opens new tables, not on record yet: all, or they are deleted. */
    List<Table> openAll(List<TableEntry> entries) {
        List<Table> opened = new ArrayList<>();
        boolean all = false;
        try {
            entries.forEach(entry -> opened.add(open(entry)));
            all = true;
        } finally {
            if (!all) {
                opened.forEach(Table::close);
                deleteFiles(entries);
            }
        }
        return opened;
    }

    /** Closes tables that nobody reads any more, then deletes their files. */
    void delete(List<Table> tables) {
        Closing.all(tables, Table::close);
        for (Table table : tables) {
            deleteFile(table.number());
        }
    }

    /** Deletes tables that are complete and not on record. */
    void deleteFiles(List<TableEntry> entries) {
        entries.forEach(entry -> deleteFile(entry.number()));
    }

    private void deleteFile(long number) {
        disk.delete(directory.resolve(FileNames.table(number)));
    }

    /** A copier of the tables on record; {@code room} is its memory while it copies. */
    TableCopier newCopier(MemorySegment room, BooleanSupplier stopping) {
        return new TableCopier(disk, directory, manifest, room, stopping);
    }

    long nextNumber() {
        return manifest.nextNumber();
    }
}
