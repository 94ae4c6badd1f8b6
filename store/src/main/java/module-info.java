/** The contract of a store, and the one group committer. */
@org.jspecify.annotations.NullMarked
module cordwood.store {
    requires static transitive org.jspecify;

    exports cordwood.store;

    uses cordwood.store.StoreProvider;
}
