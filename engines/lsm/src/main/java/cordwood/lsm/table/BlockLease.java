package cordwood.lsm.table;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A hold on one block in memory, which stays where it is until the hold is released. A flyweight,
 * used again and again; confined to one thread.
 */
final class BlockLease implements AutoCloseable {

    /** Where blocks are held; told when a hold ends. */
    interface Holder {
        /** Ends the hold that was given this token. */
        void release(long token);
    }

    /** Of what stays where it is anyway. */
    static final Holder NOBODY = _ -> {};

    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

    private @Nullable Holder holder;
    private long token;
    private MemorySegment segment = NOTHING;
    private long payloadAt;
    private int payloadBytes;

    void hold(Holder by, long withToken, MemorySegment in, long at, int bytes) {
        holder = by;
        token = withToken;
        segment = in;
        payloadAt = at;
        payloadBytes = bytes;
    }

    boolean isHeld() {
        return holder != null;
    }

    MemorySegment segment() {
        return segment;
    }

    /** Where the payload starts in {@link #segment}. */
    long payloadAt() {
        return payloadAt;
    }

    int payloadBytes() {
        return payloadBytes;
    }

    /** For a block of the directory: how many entries it has. */
    int entryCount() {
        return payloadBytes / DirectoryEntry.BYTES;
    }

    /** For a block of the directory: where an entry is. */
    long entryAt(int index) {
        return payloadAt + (long) index * DirectoryEntry.BYTES;
    }

    /** As {@link DirectoryEntry#ceiling}. */
    int ceiling(int tag, long stream, long position) {
        return DirectoryEntry.ceiling(segment, payloadAt, entryCount(), tag, stream, position);
    }

    /** As {@link DirectoryEntry#floor}. */
    int floor(int tag, long stream, long position) {
        return DirectoryEntry.floor(segment, payloadAt, entryCount(), tag, stream, position);
    }

    void release() {
        Holder by = holder;
        if (by != null) {
            holder = null;
            segment = NOTHING;
            by.release(token);
        }
    }

    @Override
    public void close() {
        release();
    }
}
