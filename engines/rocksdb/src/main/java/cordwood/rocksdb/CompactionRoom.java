package cordwood.rocksdb;

import org.rocksdb.Env;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileManager;

/**
 * Keeps RocksDB from beginning a compaction whose input is larger than what is free: one that finds
 * no room has all writes stopped for some seconds, and takes what they need until it is given up.
 * One that was asked for may begin: much of its input may be trimmed. Thread-safe.
 */
final class CompactionRoom {

    /**
     * RocksDB bounds all tables together, beyond which it would flush no more. So the bound is far
     * off, and so much is what a compaction has to leave.
     */
    private static final long FAR_BYTES = 1L << 50;

    private final SstFileManager files;

    // guarded by this
    private long boundBytes;
    private int asked;

    private CompactionRoom(SstFileManager files) {
        this.files = files;
    }

    /** Without a bound; {@code natives} owns what it needs. */
    static CompactionRoom of(Natives natives) throws RocksDBException {
        return new CompactionRoom(natives.own(new SstFileManager(Env.getDefault())));
    }

    SstFileManager files() {
        return files;
    }

    /** Compactions may write so much from now on. */
    synchronized void allow(long bytes) {
        boundBytes = files.getTotalSize() + Math.max(0, bytes) + FAR_BYTES;
        set();
    }

    /** Runs one that was asked for. */
    void run(Compaction compaction) throws RocksDBException {
        ask(1);
        try {
            compaction.run();
        } finally {
            ask(-1);
        }
    }

    /** What compacts. */
    @FunctionalInterface
    interface Compaction {
        void run() throws RocksDBException;
    }

    private synchronized void ask(int more) {
        asked += more;
        set();
    }

    private void set() {
        boolean isBounded = asked == 0 && boundBytes > 0;
        files.setCompactionBufferSize(isBounded ? FAR_BYTES : 0);
        files.setMaxAllowedSpaceUsage(isBounded ? boundBytes : 0);
    }
}
