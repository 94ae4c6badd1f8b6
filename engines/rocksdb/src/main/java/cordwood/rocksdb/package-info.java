/** The contract on RocksDB. */
package cordwood.rocksdb;
