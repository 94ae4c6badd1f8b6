/** The file seam: positional writes, syncs, directory locks; the only room that opens channels. */
@org.jspecify.annotations.NullMarked
module cordwood.files {
    requires static transitive org.jspecify;

    exports cordwood.files;
}
