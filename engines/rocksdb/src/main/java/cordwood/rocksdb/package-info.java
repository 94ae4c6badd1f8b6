/**
 * The contract on RocksDB. Read {@link cordwood.rocksdb.RocksStore} first, then {@link
 * cordwood.rocksdb.Database}, {@link cordwood.rocksdb.RocksBatch}, {@link
 * cordwood.rocksdb.RocksGroupWriter} and {@link cordwood.rocksdb.RocksCursor}; for how it is set
 * up, {@link cordwood.rocksdb.StoreDirectory}, {@link cordwood.rocksdb.Sizes} and {@link
 * cordwood.rocksdb.Tuning}.
 *
 * <p>Threading: one step writes; reads enter through {@link cordwood.rocksdb.ReadGate}; batches and
 * cursors hold memory outside the heap and are severed from it, under their own lock, when the
 * store closes. {@link cordwood.rocksdb.OpenWalks} has a thread that takes from resting cursors
 * what they keep.
 *
 * <p>It knows no data model and no other engine.
 */
package cordwood.rocksdb;
