package cordwood.loglet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Layout of a record's value in the store, little-endian; {@code docs/format/loglet-record.md}.
 *
 * <pre>
 *   0         1           2       2+k     4+k            12+k
 *   | version | key style | keys  | flags | created at   | [n, n bytes] | body ...
 * </pre>
 *
 * The keys take k = 0, 8, 16 or 16 bytes; the bracketed extension is there when its flag is set.
 */
final class RecordDescriptor {

    static final int FORMAT_VERSION = 1;

    static final int VERSION_OFFSET = 0;
    static final int KEY_STYLE_OFFSET = 1;
    static final int KEYS_OFFSET = 2;
    static final int KEY_BYTES = 8;
    static final int FLAGS_BYTES = 2;
    static final int CREATED_AT_BYTES = 8;
    static final int EXTENSION_LENGTH_BYTES = 1;

    static final int KEY_STYLE_NONE = 0;
    static final int KEY_STYLE_SINGLE = 1;
    static final int KEY_STYLE_PAIR = 2;
    static final int KEY_STYLE_RANGE = 3;

    /** The time is a hybrid logical one. Never written, refused when met. */
    static final int FLAG_HYBRID_CLOCK = 1;

    /** A length and that many bytes stand before the body. Never written, skipped when met. */
    static final int FLAG_EXTENDED_HEADER = 1 << 1;

    static final int HEADER_BYTES_MIN = headerBytes(KEY_STYLE_NONE);
    static final int HEADER_BYTES_MAX = headerBytes(KEY_STYLE_RANGE);

    static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private RecordDescriptor() {}

    /** How many keys a style has, or -1 for a style that does not exist. */
    static int keyCount(int keyStyle) {
        return switch (keyStyle) {
            case KEY_STYLE_NONE -> 0;
            case KEY_STYLE_SINGLE -> 1;
            case KEY_STYLE_PAIR, KEY_STYLE_RANGE -> 2;
            default -> -1;
        };
    }

    static int flagsOffset(int keyStyle) {
        return KEYS_OFFSET + keyCount(keyStyle) * KEY_BYTES;
    }

    static int createdAtOffset(int keyStyle) {
        return flagsOffset(keyStyle) + FLAGS_BYTES;
    }

    /** Bytes before the body, or before the extension where there is one. */
    static int headerBytes(int keyStyle) {
        return createdAtOffset(keyStyle) + CREATED_AT_BYTES;
    }
}
