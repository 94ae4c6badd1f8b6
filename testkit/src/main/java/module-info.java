/** Test scope only: contract test, faulty files, seeded generators. */
@org.jspecify.annotations.NullMarked
module cordwood.testkit {
    requires static transitive org.jspecify;
    requires transitive cordwood.store;
    requires transitive cordwood.files;

    exports cordwood.testkit.disk;
}
