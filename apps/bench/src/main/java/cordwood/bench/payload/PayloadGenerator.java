package cordwood.bench.payload;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Produces the records of a spec one after another: per record first its keys, then its body, all
 * drawn from one generator. Confined to one thread.
 */
final class PayloadGenerator {

    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final PayloadSpec spec;
    private final SplitMix64 random;
    private long firstKey;
    private long secondKey;

    PayloadGenerator(PayloadSpec spec) {
        this.spec = spec;
        this.random = new SplitMix64(spec.seed());
    }

    /** Draws the keys of the next record. */
    void nextKeys() {
        KeyStyle style = spec.keyStyle();
        firstKey = style.keyCount() > 0 ? random.next() : 0;
        secondKey = style.keyCount() > 1 ? random.next() : 0;
        if (style == KeyStyle.RANGE && Long.compareUnsigned(firstKey, secondKey) > 0) {
            long low = secondKey;
            secondKey = firstKey;
            firstKey = low;
        }
    }

    /** The first key drawn, 0 where the style has none. */
    long firstKey() {
        return firstKey;
    }

    /** The second key drawn, 0 where the style has none. */
    long secondKey() {
        return secondKey;
    }

    /** Fills the body of the next record; {@code target} holds zeros from {@code offset} on. */
    void nextBody(byte[] target, int offset) {
        int position = offset;
        int end = offset + spec.randomBytes();
        while (end - position >= Long.BYTES) {
            LONG_LE.set(target, position, random.next());
            position += Long.BYTES;
        }
        if (position < end) {
            long last = random.next();
            while (position < end) {
                target[position++] = (byte) last;
                last >>>= 8;
            }
        }
    }
}
