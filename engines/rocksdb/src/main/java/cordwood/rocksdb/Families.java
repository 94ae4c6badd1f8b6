package cordwood.rocksdb;

/** By which numbers RocksDB's encodings name the families. */
record Families(int dataId, int metadataId) {}
