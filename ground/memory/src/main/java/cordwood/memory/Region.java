package cordwood.memory;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A piece of off-heap memory with one owner: an I/O buffer, a cache's room, or what arenas and
 * slabs are made of. Starts on 64 bytes; its first bytes are whatever the last owner left.
 *
 * <p>Valid until {@link #close()}, after which {@link #memory()} throws. A segment kept over the
 * close is not noticed: it reads what the next owner writes.
 */
public final class Region implements AutoCloseable {

    final Chunk chunk;
    final int firstGranule;
    final Account account;
    private final Chunks chunks;

    // Changed under the lock of Chunks, read by anybody.
    volatile int granules;
    volatile MemorySegment memory;
    volatile boolean closed;

    // Guarded by the lock of Chunks: the list of the open ones.
    @Nullable Region previous;
    @Nullable Region next;
    @Nullable Region nextLate;

    Region(
            Chunks chunks,
            Chunk chunk,
            int firstGranule,
            int granules,
            Account account,
            MemorySegment memory) {
        this.chunks = chunks;
        this.chunk = chunk;
        this.firstGranule = firstGranule;
        this.granules = granules;
        this.account = account;
        this.memory = memory;
    }

    /** The bytes asked for; owned by this region, usable by any thread until it is closed. */
    public MemorySegment memory() {
        if (closed) {
            throw closedAlready();
        }
        return memory;
    }

    /**
     * A new direct view of {@link #memory()} for channels.
     *
     * @throws IllegalStateException when it has more bytes than a buffer can, 2 GiB
     */
    public ByteBuffer buffer() {
        return memory().asByteBuffer();
    }

    /** The bytes asked for; still so after close. */
    public long sizeBytes() {
        return memory.byteSize();
    }

    /**
     * The bytes charged to the account until close: the size rounded up to whole granules. After
     * close, what they were.
     */
    public long chargedBytes() {
        return (long) granules * Chunk.GRANULE_BYTES;
    }

    /**
     * Keeps the first {@code bytes} and gives the whole granules behind them back; {@link
     * #memory()} and {@link #chargedBytes()} are smaller afterwards. What is cut off must not be
     * used any more, also through segments taken before. In checked memory it can be had by others
     * only after the close.
     *
     * @throws IllegalArgumentException when that is no size, or more than there is
     */
    public void shrink(long bytes) {
        chunks.shrink(this, bytes);
    }

    /**
     * Gives the memory back; only the first call does something. While a system call uses the
     * memory, through a buffer, it must not be closed: the call goes on with what may be somebody
     * else's by then. In checked memory it is nobody else's: the close is finished by upkeep once
     * the call is over, and until then a segment that was kept still reads it. The same goes for a
     * close with hardly any stack left.
     */
    @Override
    public void close() {
        chunks.giveBack(this);
    }

    IllegalStateException closedAlready() {
        return new IllegalStateException("region of " + account.owner() + " is closed");
    }
}
