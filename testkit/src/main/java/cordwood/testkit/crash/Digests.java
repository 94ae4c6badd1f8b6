package cordwood.testkit.crash;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Digests that can be added and taken away again, so that order does not matter. */
final class Digests {

    private static final long FACTOR = 0x100000001B3L;

    private Digests() {}

    static long value(MemorySegment value) {
        long bytes = value.byteSize();
        long hash = bytes;
        long at = 0;
        for (; at + Long.BYTES <= bytes; at += Long.BYTES) {
            hash = hash * FACTOR + value.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
        }
        for (; at < bytes; at++) {
            hash = hash * FACTOR + value.get(ValueLayout.JAVA_BYTE, at);
        }
        return mix(hash);
    }

    static long entry(long position, long valueDigest) {
        return mix(mix(position) + valueDigest * 3);
    }

    static long attribute(int id, long valueDigest) {
        return mix(mix(id + 0x5851F42D4C957F2DL) + valueDigest * 7);
    }

    static long trim(long to) {
        return to == Long.MIN_VALUE ? 0 : mix(to + 0x14057B7EF767814FL);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
