package cordwood.lsm.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers as every file holds them. */
public final class LittleEndian {

    private static final ValueLayout.OfShort U16 =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle ARRAY_U32 =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ARRAY_U64 =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    /** The unsigned byte at an offset. */
    public static int u8(MemorySegment segment, long offsetBytes) {
        return segment.get(JAVA_BYTE, offsetBytes) & 0xFF;
    }

    /** The unsigned 16-bit number at an offset. */
    public static int u16(MemorySegment segment, long offsetBytes) {
        return segment.get(U16, offsetBytes) & 0xFFFF;
    }

    /** The 32 bits at an offset. */
    public static int i32(MemorySegment segment, long offsetBytes) {
        return segment.get(U32, offsetBytes);
    }

    /** The unsigned 32-bit number at an offset. */
    public static long u32(MemorySegment segment, long offsetBytes) {
        return segment.get(U32, offsetBytes) & 0xFFFF_FFFFL;
    }

    /** The 64 bits at an offset. */
    public static long i64(MemorySegment segment, long offsetBytes) {
        return segment.get(U64, offsetBytes);
    }

    /** Writes the low 8 bits of a number. */
    public static void putU8(MemorySegment segment, long offsetBytes, int value) {
        segment.set(JAVA_BYTE, offsetBytes, (byte) value);
    }

    /** Writes the low 16 bits of a number. */
    public static void putU16(MemorySegment segment, long offsetBytes, int value) {
        segment.set(U16, offsetBytes, (short) value);
    }

    /** Writes 32 bits. */
    public static void putI32(MemorySegment segment, long offsetBytes, int value) {
        segment.set(U32, offsetBytes, value);
    }

    /** Writes 64 bits. */
    public static void putI64(MemorySegment segment, long offsetBytes, long value) {
        segment.set(U64, offsetBytes, value);
    }

    /** The 64 bits at an offset of an array. */
    public static long i64(byte[] array, int offsetBytes) {
        return (long) ARRAY_U64.get(array, offsetBytes);
    }

    /** Writes 32 bits into an array. */
    public static void putI32(byte[] array, int offsetBytes, int value) {
        ARRAY_U32.set(array, offsetBytes, value);
    }

    /** Writes 64 bits into an array. */
    public static void putI64(byte[] array, int offsetBytes, long value) {
        ARRAY_U64.set(array, offsetBytes, value);
    }
}
