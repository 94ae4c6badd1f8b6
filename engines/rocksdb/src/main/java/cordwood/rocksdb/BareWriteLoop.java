package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import java.nio.ByteBuffer;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The yardstick for the engine: RocksDB with the same options and keys, written by one thread that
 * fills a batch through direct buffers and hands it over, with nothing in between. What the engine
 * loses against it is what commits, admission and grouping cost.
 *
 * <p>One option differs: each write hands its own log over to the operating system, as nobody else
 * does it for a whole group. Belongs to one thread. The directory is an ordinary store afterwards.
 */
public final class BareWriteLoop implements AutoCloseable {

    private static final Space SPACE = new Space(1, "bare");

    private final Natives natives = new Natives();
    private final StoreDirectory directory;
    private final Database database;
    private final WriteBatch batch;
    private final WriteOptions synced;
    private final ByteBuffer key = ByteBuffer.allocateDirect(Keys.DATA_BYTES);
    private long position;

    private BareWriteLoop(StoreDirectory directory, RocksOptions options) {
        this.directory = directory;
        this.database = Database.open(directory, options, false);
        this.batch = natives.own(new WriteBatch());
        this.synced = natives.own(new WriteOptions().setSync(true));
    }

    /**
     * Opens a store for the loop. The caller closes it.
     *
     * @throws StoreException as {@link RocksProvider#open}
     */
    public static BareWriteLoop open(StoreOptions options) {
        RocksOptions resolved = RocksOptions.of(options);
        try {
            StoreDirectory directory =
                    StoreDirectory.claim(
                            Disk.real(), options.directory(), resolved.log().directory(), false);
            boolean opened = false;
            try {
                BareWriteLoop loop = new BareWriteLoop(directory, resolved);
                opened = true;
                return loop;
            } finally {
                if (!opened) {
                    directory.close();
                }
            }
        } catch (FileFailure e) {
            throw Problems.files(e);
        }
    }

    /**
     * Writes one batch of records at following positions of one stream.
     *
     * @param value the value of every record, a direct buffer; left as it was
     * @param sync whether the log is synced before the call returns
     */
    public void write(int recordCount, ByteBuffer value, boolean sync) {
        try {
            batch.clear();
            int valueOffset = value.position();
            for (int i = 0; i < recordCount; i++) {
                Keys.putData(key.clear(), SPACE.id(), 0, position++);
                batch.put(database.data(), key, value);
                value.position(valueOffset);
            }
            database.rocks().write(sync ? synced : database.writing(), batch);
        } catch (RocksDBException e) {
            throw Problems.write(e);
        }
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
