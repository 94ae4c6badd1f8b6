package cordwood.bench.payload;

import org.jspecify.annotations.Nullable;

/** Which keys a generated record carries. */
public enum KeyStyle {
    /** No keys: the record matches every filter. */
    NONE(0, 0),
    /** One key. */
    SINGLE(1, 1),
    /** Two keys. */
    PAIR(2, 2),
    /** An inclusive range, low end first, in unsigned order. */
    RANGE(3, 2);

    private final int tag;
    private final int keyCount;

    KeyStyle(int tag, int keyCount) {
        this.tag = tag;
        this.keyCount = keyCount;
    }

    /** The number that stands for the style in a payload file. */
    int tag() {
        return tag;
    }

    /** 64-bit keys per record. */
    public int keyCount() {
        return keyCount;
    }

    /** Bytes of keys per record in a payload file. */
    int keyBytes() {
        return keyCount * Long.BYTES;
    }

    /** The style of a tag, or null when no style has it. */
    static @Nullable KeyStyle ofTag(int tag) {
        for (KeyStyle style : values()) {
            if (style.tag == tag) {
                return style;
            }
        }
        return null;
    }
}
