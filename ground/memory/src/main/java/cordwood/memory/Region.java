package cordwood.memory;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A piece of off-heap memory with one owner: an I/O buffer, a cache's room, or what arenas and
 * slabs are made of. Starts on 64 bytes; its first bytes are whatever the last owner left.
 *
 * <p>Valid until {@link #close()}, after which {@link #memory()} throws. A segment kept over the
 * close is not noticed: it reads what the next owner writes.
 */
public final class Region implements AutoCloseable {

    private static final VarHandle CLOSED;

    static {
        try {
            CLOSED = MethodHandles.lookup().findVarHandle(Region.class, "closed", boolean.class);
        } catch (ReflectiveOperationException failure) {
            throw new ExceptionInInitializerError(failure);
        }
    }

    final Chunk chunk;
    final int firstGranule;
    final int granules;
    final Account account;
    private final Chunks chunks;
    private final MemorySegment memory;

    @SuppressWarnings("unused") // through CLOSED
    private volatile boolean closed;

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
            throw new IllegalStateException("region of " + account.owner() + " is closed");
        }
        return memory;
    }

    /** A new direct view of {@link #memory()} for channels. */
    public ByteBuffer buffer() {
        return memory().asByteBuffer();
    }

    /** The bytes asked for. */
    public long sizeBytes() {
        return memory.byteSize();
    }

    /** The bytes charged to the account: the size rounded up to whole granules. */
    public long chargedBytes() {
        return (long) granules * Chunk.GRANULE_BYTES;
    }

    /** Gives the memory back; only the first call does something. */
    @Override
    public void close() {
        closeOnce(chunks::giveBack);
    }

    void closeOnce(Consumer<Region> giveBack) {
        if (CLOSED.compareAndSet(this, false, true)) {
            giveBack.accept(this);
        }
    }
}
