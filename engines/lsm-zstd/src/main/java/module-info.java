/** The native engine's codec that calls a native library: Zstandard. Needs native access. */
@org.jspecify.annotations.NullMarked
module cordwood.lsm.zstd {
    requires static transitive org.jspecify;
    requires cordwood.lsm;
    requires aircompressor.v3;

    provides cordwood.lsm.codec.CodecProvider with
            cordwood.lsm.zstd.ZstdProvider;
}
