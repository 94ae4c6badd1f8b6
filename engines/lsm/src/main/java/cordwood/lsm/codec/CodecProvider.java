package cordwood.lsm.codec;

import org.jspecify.annotations.Nullable;

/**
 * Brings a codec of the registry that needs native code; found with {@link
 * java.util.ServiceLoader}. Thread-safe.
 */
public interface CodecProvider {

    /** Which codec it brings. */
    Codec codec();

    /**
     * Why it cannot be used in this process, and what to do about it, as the end of a sentence;
     * null when it can.
     */
    @Nullable String refusal();

    /** Compresses and expands with it, unless it is refused. The caller closes it. */
    Coder newCoder();
}
