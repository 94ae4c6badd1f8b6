package cordwood.lsm.inspect;

import cordwood.files.Disk;
import cordwood.lsm.codec.Codec;
import cordwood.lsm.format.StoreId;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.StretchRecords;
import cordwood.lsm.manifest.TableEntry;
import cordwood.lsm.table.BlockCache;
import cordwood.lsm.table.OpenFiles;
import cordwood.lsm.table.Table;
import cordwood.lsm.table.TableInspection;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Reads one table on record from end to end. Used once. */
final class TableCheck implements TableInspection.Visitor {

    private final BooleanSupplier stopping;
    private final List<StoreException.Corrupt> findings = new ArrayList<>();
    private final EnumMap<Codec, Long> blocks = new EnumMap<>(Codec.class);
    private long blockCount;
    private long records;

    TableCheck(BooleanSupplier stopping) {
        this.stopping = stopping;
    }

    String run(
            Disk disk, Path directory, StoreId store, TableEntry entry, InspectionMemory memory) {
        try (BlockCache cache = memory.newCache();
                Table table =
                        Table.open(
                                new OpenFiles(disk),
                                directory,
                                store,
                                entry.number(),
                                entry.kind(),
                                entry.runs(),
                                entry.sizeBytes(),
                                entry.lastSequence(),
                                cache)) {
            TableInspection.run(table, entry.lastSequence(), this);
        } catch (StoreException.Corrupt damage) {
            findings.add(damage);
        }
        return "%s, %,d blocks (%s), %,d records, %d bytes"
                .formatted(
                        entry.kind().name().toLowerCase(Locale.ROOT),
                        blockCount,
                        codecs(),
                        records,
                        entry.sizeBytes());
    }

    /** How many blocks there are of each codec, such as {@code 1 raw, 12 lz4}. */
    private String codecs() {
        return blocks.entrySet().stream()
                .map(entry -> "%,d %s".formatted(entry.getValue(), entry.getKey().text()))
                .collect(Collectors.joining(", "));
    }

    @Override
    public boolean wantsMore() {
        return !stopping.getAsBoolean();
    }

    @Override
    public void footer(Supplier<String> fields) {}

    @Override
    public void page(Supplier<String> fields) {}

    @Override
    public void block(Supplier<String> fields) {
        blockCount++;
    }

    @Override
    public void head(Codec codec, Supplier<String> fields) {
        blocks.merge(codec, 1L, Long::sum);
    }

    @Override
    public void stretch(StreamKey key, StretchRecords stretch) {
        records += stretch.count();
    }

    @Override
    public void damaged(StoreException.Corrupt damage) {
        findings.add(damage);
    }

    long records() {
        return records;
    }

    List<StoreException.Corrupt> findings() {
        return findings;
    }
}
