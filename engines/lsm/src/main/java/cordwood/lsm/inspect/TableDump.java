package cordwood.lsm.inspect;

import cordwood.files.Disk;
import cordwood.lsm.codec.Codec;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.StretchRecords;
import cordwood.lsm.table.BlockCache;
import cordwood.lsm.table.Table;
import cordwood.lsm.table.TableInspection;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Shows a table: its footer, then its directory and what the blocks hold. Used once. */
final class TableDump implements TableInspection.Visitor {

    private final Listing listing;
    private final DumpOptions options;

    TableDump(Listing listing, DumpOptions options) {
        this.listing = listing;
        this.options = options;
    }

    void run(Disk disk, Path path, InspectionMemory memory) {
        TableInspection.Start start = TableInspection.start(disk, path);
        listing.add(() -> "  @0 header " + start.fields());
        try (BlockCache cache = memory.newCache();
                Table table = TableInspection.open(disk, path, start, cache)) {
            TableInspection.run(table, table.lastSequence(), this);
        }
    }

    @Override
    public boolean wantsMore() {
        return !listing.isFull();
    }

    @Override
    public void footer(Supplier<String> fields) {
        listing.add(() -> "  footer " + fields.get());
    }

    @Override
    public void page(Supplier<String> fields) {
        listing.add(() -> "  page " + fields.get());
    }

    @Override
    public void block(Supplier<String> fields) {
        listing.add(() -> "    block " + fields.get());
    }

    @Override
    public void head(Codec codec, Supplier<String> fields) {
        listing.add(() -> "      " + codec.text() + " head " + fields.get());
    }

    @Override
    public void stretch(StreamKey key, StretchRecords records) {
        if (options.records()) {
            RecordLines.add(key, records, listing);
        }
    }

    @Override
    public void damaged(StoreException.Corrupt damage) {
        throw damage;
    }
}
