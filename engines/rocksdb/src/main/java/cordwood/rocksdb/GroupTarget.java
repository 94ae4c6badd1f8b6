package cordwood.rocksdb;

import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** What groups are written to: all that the group writer asks of the database. */
interface GroupTarget {

    /** The stored trim point of a stream, or the contract's mark for none. */
    long trimmedTo(int spaceId, long stream);

    /** Applies a batch and hands its log to the operating system: all of it or nothing. */
    void write(WriteBatch batch) throws RocksDBException;

    /** Syncs the log of what was written. */
    void syncLog() throws RocksDBException;
}
