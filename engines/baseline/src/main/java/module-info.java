/** The reference model, and the floors of harness and disk. */
@org.jspecify.annotations.NullMarked
module cordwood.baseline {
    requires static transitive org.jspecify;
    requires transitive cordwood.store;
    requires cordwood.files;
    requires cordwood.memory;

    exports cordwood.baseline;

    provides cordwood.store.StoreProvider with
            cordwood.baseline.ModelProvider,
            cordwood.baseline.NoopProvider,
            cordwood.baseline.RawFileProvider;
}
