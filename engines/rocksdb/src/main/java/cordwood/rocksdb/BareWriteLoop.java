package cordwood.rocksdb;

import cordwood.store.BareLoop;
import cordwood.store.Durability;
import cordwood.store.Space;
import cordwood.store.StoreMetrics;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB with the engine's options and keys, written through direct buffers: one write of
 * RocksDB's per batch.
 */
final class BareWriteLoop implements BareLoop {

    private static final Space SPACE = new Space(1, "bare");

    private final Natives natives = new Natives();
    private final StoreDirectory directory;
    private final Database database;
    private final WriteBatch batch;
    private final WriteOptions synced;
    private final ByteBuffer key = ByteBuffer.allocateDirect(Keys.DATA_BYTES);
    private final Figures figures;
    private long position;

    private BareWriteLoop(StoreDirectory directory, Database database, RocksOptions options) {
        this.directory = directory;
        this.database = database;
        this.batch = natives.own(new WriteBatch());
        this.synced = natives.own(new WriteOptions().setSync(true));
        this.figures = new Figures(database, options);
    }

    static BareWriteLoop open(Path path, RocksOptions options) {
        return new Opening(path, options)
                .open((directory, database) -> new BareWriteLoop(directory, database, options));
    }

    @Override
    public void write(List<ByteBuffer> values, Durability level) {
        try {
            batch.clear();
            for (int i = 0; i < values.size(); i++) {
                ByteBuffer value = values.get(i);
                int valueOffset = value.position();
                Keys.putData(key.clear(), SPACE.id(), 0, position++);
                batch.put(database.data(), key, value);
                value.position(valueOffset);
            }
            boolean sync = level == Durability.DURABLE;
            database.rocks().write(sync ? synced : database.writing(), batch);
        } catch (RocksDBException e) {
            throw Problems.write(e);
        }
    }

    @Override
    public void flush() {
        database.flush();
    }

    @Override
    public void compact() {
        database.compact();
    }

    @Override
    public StoreMetrics metrics() {
        StoreMetrics.Builder metrics = StoreMetrics.builder();
        figures.report(metrics, 0, 0);
        return metrics.build();
    }

    @Override
    public void close() {
        try (directory;
                database;
                natives) {
            database.flush();
        }
    }
}
