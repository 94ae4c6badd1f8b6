/** Workloads, measurement, reports. */
@org.jspecify.annotations.NullMarked
module cordwood.bench {
    requires static transitive org.jspecify;
    requires transitive cordwood.store;
    requires transitive cordwood.loglet;
    requires transitive cordwood.files;
    requires cordwood.memory;
    requires io.netty.buffer;
    requires io.netty.common;
    requires HdrHistogram;
    requires ascii.table;
    requires tools.jackson.core;
    requires java.management;
    requires jdk.management;

    exports cordwood.bench;
    exports cordwood.bench.alloc;
    exports cordwood.bench.crash;
    exports cordwood.bench.payload;
    exports cordwood.bench.json;
    exports cordwood.bench.plan;
    exports cordwood.bench.read;
    exports cordwood.bench.report;
    exports cordwood.bench.run;
}
