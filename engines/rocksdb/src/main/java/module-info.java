/** The contract on RocksDB. */
@org.jspecify.annotations.NullMarked
module cordwood.rocksdb {
    requires static transitive org.jspecify;
    requires transitive cordwood.store;
    requires transitive cordwood.files;
    requires cordwood.memory;
    requires rocksdbjni;

    exports cordwood.rocksdb;

    provides cordwood.store.StoreProvider with
            cordwood.rocksdb.RocksProvider;
}
