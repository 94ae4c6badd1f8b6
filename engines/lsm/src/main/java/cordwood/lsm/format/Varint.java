package cordwood.lsm.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** Unsigned LEB128: seven bits a byte, the lowest first, the top bit set on all but the last. */
public final class Varint {

    /** Most bytes of a 64-bit number. */
    public static final int BYTES_MAX = 10;

    /** Most bytes of a 32-bit number. */
    public static final int INT_BYTES_MAX = 5;

    private Varint() {}

    /** Bytes that a number takes. */
    public static int bytes(long value) {
        return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    /** Writes a number; returns the offset behind it. */
    public static int put(byte[] target, int at, long value) {
        int next = at;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            target[next++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[next++] = (byte) rest;
        return next;
    }

    /** Writes a number; returns the offset behind it. */
    public static long put(MemorySegment target, long at, long value) {
        long next = at;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            target.set(JAVA_BYTE, next++, (byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.set(JAVA_BYTE, next++, (byte) rest);
        return next;
    }
}
