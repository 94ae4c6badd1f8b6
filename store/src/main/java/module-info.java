/** The contract of a store, and the one group committer. */
@org.jspecify.annotations.NullMarked
module cordwood.store {
    requires static transitive org.jspecify;
    requires java.management;
    requires jdk.management;

    exports cordwood.store;

    uses cordwood.store.StoreProvider;
}
