package cordwood.lsm.zstd;

import cordwood.lsm.codec.Codec;
import cordwood.lsm.codec.CodecProvider;
import cordwood.lsm.codec.Coder;
import io.airlift.compress.v3.zstd.ZstdNativeCompressor;
import org.jspecify.annotations.Nullable;

/** Brings {@link Codec#ZSTD}. Nothing native is loaded before it is granted. */
public final class ZstdProvider implements CodecProvider {

    /** For {@link java.util.ServiceLoader}. */
    public ZstdProvider() {}

    @Override
    public Codec codec() {
        return Codec.ZSTD;
    }

    @Override
    public @Nullable String refusal() {
        Module library = ZstdNativeCompressor.class.getModule();
        if (!library.isNativeAccessEnabled()) {
            return "native access is not granted: start java with --enable-native-access="
                    + (library.isNamed() ? library.getName() : "ALL-UNNAMED");
        }
        return ZstdNativeCompressor.isEnabled()
                ? null
                : "its library cannot be loaded here: it is for Linux with glibc 2.34 or later, and"
                        + " macOS";
    }

    @Override
    public Coder newCoder() {
        return new ZstdCoder();
    }
}
