package cordwood.lsm.codec;

import java.util.Map;

/**
 * Which codec the blocks of a space have.
 *
 * @param common of spaces that are not named
 * @param bySpace by identity of the space
 */
public record SpaceCodecs(Codec common, Map<Integer, Codec> bySpace) {

    public SpaceCodecs {
        bySpace = Map.copyOf(bySpace);
    }

    /** The same for all spaces. */
    public SpaceCodecs(Codec common) {
        this(common, Map.of());
    }

    /** The codec of a space. */
    public Codec of(int space) {
        return bySpace.getOrDefault(space, common);
    }

    /** Of each codec that some space may have, the bit of its number. */
    public int bits() {
        int bits = 1 << common.id();
        for (Codec codec : bySpace.values()) {
            bits |= 1 << codec.id();
        }
        return bits;
    }
}
