package cordwood.testkit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** Values for tests, and back. */
public final class Bytes {

    private static final int UNREADABLE_BYTES = 100;
    private static final long ADDRESS = 4096;

    private Bytes() {}

    /** The text in UTF-8, on the heap. */
    public static MemorySegment of(String text) {
        return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The text in UTF-8, off the heap. */
    public static MemorySegment offHeap(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return MemorySegment.ofBuffer(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }

    /** So many bytes that follow from the seed. */
    public static MemorySegment random(long seed, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        new SplittableRandom(seed).nextBytes(bytes);
        return MemorySegment.ofArray(bytes);
    }

    /** Values that cannot be read here: one whose memory was freed, one of another thread's. */
    public static List<MemorySegment> unreadable() {
        MemorySegment freed;
        try (Arena arena = Arena.ofConfined()) {
            freed = arena.allocate(UNREADABLE_BYTES);
        }
        Supplier<MemorySegment> elsewhere = () -> Arena.ofConfined().allocate(UNREADABLE_BYTES);
        FutureTask<MemorySegment> foreign = new FutureTask<>(elsewhere::get);
        Thread.ofPlatform().daemon().start(foreign);
        try {
            return List.of(freed, foreign.get());
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A value that is said to be as long as a number can say; nobody must look into it. */
    @SuppressWarnings("restricted")
    public static MemorySegment endless() {
        return MemorySegment.ofAddress(ADDRESS).reinterpret(Long.MAX_VALUE);
    }

    /** What {@link #of} made. */
    public static String text(MemorySegment value) {
        return new String(array(value), StandardCharsets.UTF_8);
    }

    /** A copy of a value. */
    public static byte[] array(MemorySegment value) {
        return value.toArray(ValueLayout.JAVA_BYTE);
    }
}
