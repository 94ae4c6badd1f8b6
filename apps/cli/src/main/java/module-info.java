/** Commands, configuration, packaging. */
@org.jspecify.annotations.NullMarked
module cordwood.cli {
    requires static transitive org.jspecify;
    requires cordwood.store;
    requires cordwood.bench;
    requires cordwood.baseline;
    requires cordwood.rocksdb;
    requires cordwood.lsm;
    requires cordwood.lsm.zstd;
    requires cordwood.memory;
    requires cordwood.memory.nativemodes;
    requires jdk.management;
    requires info.picocli;
    requires org.tomlj;
    requires org.slf4j;
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;

    uses cordwood.store.StoreProvider;

    opens cordwood.cli to
            info.picocli;
}
