/** Workloads, measurement, reports. */
@org.jspecify.annotations.NullMarked
module cordwood.bench {
    requires static transitive org.jspecify;
    requires transitive cordwood.store;
    requires transitive cordwood.loglet;
    requires transitive cordwood.files;

}
