/** Loglets: segments of a replicated log. */
@org.jspecify.annotations.NullMarked
module cordwood.loglet {
    requires static transitive org.jspecify;
    requires transitive cordwood.store;

    exports cordwood.loglet;
}
