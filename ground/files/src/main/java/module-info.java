/** The file seam: positional writes, syncs, directory locks; the only room that opens channels. */
@org.jspecify.annotations.NullMarked
module cordwood.files {
    requires static transitive org.jspecify;
    requires jdk.unsupported; // writing past the page cache

    exports cordwood.files;
}
