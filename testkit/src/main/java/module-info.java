/** Test scope only: contract test, faulty files, seeded generators. */
@org.jspecify.annotations.NullMarked
open module cordwood.testkit {
    requires static transitive org.jspecify;
    requires transitive cordwood.store;
    requires transitive cordwood.files;
    requires org.junit.platform.launcher;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.jupiter.params;
    requires transitive org.assertj.core;

    exports cordwood.testkit;
    exports cordwood.testkit.contract;
    exports cordwood.testkit.crash;
    exports cordwood.testkit.disk;
    exports cordwood.testkit.history;
    exports cordwood.testkit.mutant;
}
