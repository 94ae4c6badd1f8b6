package cordwood.lsm.flush;

import cordwood.files.Disk;
import cordwood.lsm.checkpoint.TablePins;
import cordwood.lsm.format.Closing;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.manifest.Edit;
import cordwood.lsm.manifest.Manifest;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.table.BlockCache;
import cordwood.lsm.table.OpenFiles;
import cordwood.lsm.table.Table;
import cordwood.lsm.table.TableWriter;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** Where tables are made, opened and deleted. Thread-safe. */
public final class TableStore {

    private final Disk disk;
    private final Path directory;
    private final Manifest manifest;
    private final OpenFiles files;
    private final TablePins pins;
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
        this.files = new OpenFiles(disk);
        this.pins = new TablePins(disk, directory);
        this.cache = cache;
        this.style = style;
        this.syncs = syncs;
    }

    /** A writer of a new table; {@code room} is its memory until it is finished or abandoned. */
    TableWriter newWriter(long number, TableWriter.Content content, MemorySegment room) {
        return files.opening(() ->
                new TableWriter(
                        disk, directory, manifest.store(), number, content, style, syncs, room));
    }

    /** Whether merging a table, be it alone, makes it cold. */
    public boolean isWarm(Table table) {
        return table.isCompressedOtherwise(style.cold().codecs());
    }

    /** Opens a table that is complete. */
    public Table open(TableEntry entry) {
        return Table.open(
                files,
                directory,
                manifest.store(),
                entry.number(),
                entry.kind(),
                entry.runs(),
                entry.sizeBytes(),
                entry.lastSequence(),
                cache);
    }

    /**
     * Puts complete tables on record and opens them, with other edits; all or nothing. Where that
     * fails their files are deleted, unless they may be on record.
     *
     * @throws StoreException.Failed when nobody knows: opening the store will tell
     */
    public List<Table> record(List<TableEntry> fresh, List<Edit> others) {
        List<Edit> edits = new ArrayList<>();
        fresh.forEach(entry -> edits.add(new Edit.AddTable(entry)));
        edits.addAll(others);
        List<Table> opened = openAll(fresh);
        boolean kept = false;
        try {
            manifest.append(edits);
            kept = true;
        } catch (StoreException.Failed e) {
            kept = true;
            Closing.all(opened, Table::close);
            throw e;
        } finally {
            if (!kept) {
                delete(opened);
            }
        }
        return opened;
    }

    private List<Table> openAll(List<TableEntry> fresh) {
        List<Table> opened = new ArrayList<>();
        boolean all = false;
        try {
            fresh.forEach(entry -> opened.add(open(entry)));
            all = true;
        } finally {
            if (!all) {
                Closing.all(opened, Table::close);
                discard(fresh);
            }
        }
        return opened;
    }

    /** Deletes complete tables that are not on record. */
    void discard(List<TableEntry> unrecorded) {
        Closing.all(unrecorded, entry -> disk.delete(path(entry.number())));
    }

    /** Gives up a table that was begun, whichever name its file has by now. */
    void abandon(TableWriter writer) {
        writer.abandon();
        if (disk.exists(path(writer.number()))) {
            disk.delete(path(writer.number()));
        }
    }

    /**
     * Closes tables that nobody reads any more, then deletes their files, once no checkpoint is
     * made of them.
     */
    public void delete(List<Table> tables) {
        Closing.all(tables, Table::close);
        for (Table table : tables) {
            pins.delete(table.number());
        }
    }

    private Path path(long number) {
        return directory.resolve(FileNames.table(number));
    }

    /** The pins on their files. */
    public TablePins pins() {
        return pins;
    }

    /** Bytes of a stream's records from which on they are a long run: those of a block. */
    public int longRunBytesMin() {
        return style.blockBytes();
    }

    /** Bytes of a table at which the next one of its row is begun. */
    long tableBytesMax() {
        return style.tableBytesMax();
    }

    long nextNumber() {
        return manifest.nextNumber();
    }
}
