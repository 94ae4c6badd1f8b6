package cordwood.lsm.codec;

import java.util.Locale;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The registry of codecs, by name and by the number that is stored, which never changes.
 * Thread-safe.
 */
public enum Codec {
    /** Not compressed. */
    RAW(0),
    /** LZ4 in pure Java: fast both ways. */
    LZ4(1),
    /** Deflate of the JDK: smaller, and slow to compress. */
    DEFLATE(2),
    /** Zstandard, where a {@link CodecProvider} brings it: as small, and faster both ways. */
    ZSTD(3);

    private static volatile @Nullable CodecProvider zstd;

    private final int id;

    Codec(int id) {
        this.id = id;
    }

    /** The codec of a stored number, or null when this release knows none. */
    public static @Nullable Codec ofId(int id) {
        for (Codec codec : values()) {
            if (codec.id == id) {
                return codec;
            }
        }
        return null;
    }

    /** The codec that people call so, or null when there is none. */
    public static @Nullable Codec named(String name) {
        for (Codec codec : values()) {
            if (codec.text().equals(name)) {
                return codec;
            }
        }
        return null;
    }

    /** The stored number. */
    public int id() {
        return id;
    }

    /** The name, as people write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Why it cannot be used in this process and what to do about it, as the end of a sentence; null
     * when it can.
     */
    public @Nullable String refusal() {
        if (this != ZSTD) {
            return null;
        }
        CodecProvider provider = zstd();
        return provider == null
                ? "put the module cordwood.lsm.zstd on the module path"
                : provider.refusal();
    }

    /**
     * Compresses and expands with it. The caller closes it.
     *
     * @throws IllegalStateException when there is nothing to do, or it is refused
     */
    public Coder newCoder() {
        return switch (this) {
            case RAW -> throw new IllegalStateException("raw bytes need no coder");
            case LZ4 -> new Lz4Coder();
            case DEFLATE -> new DeflateCoder();
            case ZSTD -> newZstdCoder();
        };
    }

    private static Coder newZstdCoder() {
        CodecProvider provider = zstd();
        String refusal = ZSTD.refusal();
        if (provider == null || refusal != null) {
            throw new IllegalStateException(refusal);
        }
        return provider.newCoder();
    }

    /** Looked up when it is first needed; most processes never do. */
    private static @Nullable CodecProvider zstd() {
        CodecProvider known = zstd;
        if (known != null) {
            return known;
        }
        for (CodecProvider provider : ServiceLoader.load(CodecProvider.class)) {
            if (provider.codec() == ZSTD) {
                zstd = provider;
                return provider;
            }
        }
        return null;
    }
}
