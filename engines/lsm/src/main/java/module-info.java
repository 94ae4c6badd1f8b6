/** The native engine: one write-ahead log, memtables, tables and a manifest in one directory. */
@org.jspecify.annotations.NullMarked
module cordwood.lsm {
    requires static transitive org.jspecify;
    requires transitive cordwood.store;
    requires transitive cordwood.files;
    requires transitive cordwood.memory;
    requires org.lz4.java;

    exports cordwood.lsm;
    exports cordwood.lsm.codec;
    exports cordwood.lsm.inspect;

    uses cordwood.lsm.codec.CodecProvider;

    provides cordwood.store.StoreProvider with
            cordwood.lsm.LsmProvider;
}
