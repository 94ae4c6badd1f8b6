/** The reference model, and the floors of harness and disk. */
@org.jspecify.annotations.NullMarked
module cordwood.baseline {
    requires static transitive org.jspecify;
    requires transitive cordwood.store;
    requires transitive cordwood.files;

    exports cordwood.baseline;

    provides cordwood.store.StoreProvider with
            cordwood.baseline.ModelProvider;
}
