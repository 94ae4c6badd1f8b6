/** Commands, configuration, packaging. */
@org.jspecify.annotations.NullMarked
module cordwood.cli {
    requires static transitive org.jspecify;
    requires transitive cordwood.store;
    requires transitive cordwood.bench;
    requires transitive cordwood.baseline;
    requires transitive cordwood.rocksdb;

}
