package cordwood.lsm.table;

import cordwood.lsm.format.Corruption;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Region;
import cordwood.store.StoreException;

/**
 * Blocks of tables kept in memory, expanded, in a fixed number of slots. A block is pinned while it
 * is read. Thread-safe.
 */
public final class BlockCache implements AutoCloseable {

    private static final int SHARDS = 8;
    private static final int SHARD_SLOTS_MIN = 8;

    private final Chunks chunks;
    private final Account account;
    private final Account largeAccount;
    private final int slotBytes;
    private final BlockShard[] shards;
    private final DirectoryMemory directories;
    private final CodecPool codecs = new CodecPool();

    private volatile boolean isFull;

    /**
     * An empty cache.
     *
     * @param cacheBytes how much memory slots may take; taken as they are needed
     * @param blockBytes largest expanded block that a slot must hold
     * @param largeAccount who pays for blocks that are larger, while they are pinned
     * @param directories which blocks of directories stay in memory beside it; closed with it
     */
    public BlockCache(
            Chunks chunks,
            Account account,
            Account largeAccount,
            long cacheBytes,
            int blockBytes,
            DirectoryMemory directories) {
        this.directories = directories;
        this.chunks = chunks;
        this.account = account;
        this.largeAccount = largeAccount;
        int payloadBytes = Math.max(blockBytes, DirectoryWriter.PAGE_BYTES);
        this.slotBytes = (TableDescriptor.BLOCK_BYTES + payloadBytes + 63) & ~63;
        int slots = (int) Math.max(SHARD_SLOTS_MIN, cacheBytes / slotBytes);
        this.shards = new BlockShard[Math.clamp(slots / SHARD_SLOTS_MIN, 1, SHARDS)];
        for (int i = 0; i < shards.length; i++) {
            shards[i] = new BlockShard(chunks, account, slotBytes, slots / shards.length);
        }
    }

    /** As above, with no directory in memory. */
    public BlockCache(
            Chunks chunks, Account account, Account largeAccount, long cacheBytes, int blockBytes) {
        this(
                chunks,
                account,
                largeAccount,
                cacheBytes,
                blockBytes,
                new DirectoryMemory(chunks, account, 0));
    }

    /**
     * Pins a block, reading it if it is not here. The lease lets go of what it held before.
     *
     * @throws StoreException.Corrupt when it is not what was written
     * @throws StoreException.Busy when there is no memory to read it into
     */
    void pin(Table table, int kind, long offset, int storedBytes, int rawBytes, BlockLease lease) {
        pin(table, kind, offset, storedBytes, rawBytes, true, lease);
    }

    /** As above, for a look that is no sign that the block will be wanted again. */
    void pinAgain(
            Table table, int kind, long offset, int storedBytes, int rawBytes, BlockLease lease) {
        pin(table, kind, offset, storedBytes, rawBytes, false, lease);
    }

    private void pin(
            Table table,
            int kind,
            long offset,
            int storedBytes,
            int rawBytes,
            boolean isWanted,
            BlockLease lease) {
        lease.release();
        if (!table.isPlausible(offset, storedBytes, rawBytes)) {
            throw Corruption.at(
                    table.path(),
                    offset,
                    "a block within the file",
                    "an entry of the directory that cannot be");
        }
        if (TableDescriptor.BLOCK_BYTES + rawBytes > slotBytes) {
            pinLarge(table, kind, offset, storedBytes, rawBytes, lease);
            return;
        }
        BlockShard shard = shard(table, offset);
        int slot = shard.pinPresent(table.number(), offset, isWanted);
        if (slot < 0) {
            slot = load(shard, table, kind, offset, storedBytes, rawBytes);
        }
        if (slot < 0) {
            pinLarge(table, kind, offset, storedBytes, rawBytes, lease);
        } else {
            lease.hold(
                    shard,
                    slot,
                    shard.memory(slot),
                    shard.offset(slot) + TableDescriptor.BLOCK_BYTES,
                    rawBytes);
        }
    }

    private BlockShard shard(Table table, long offset) {
        return shards[BlockShard.hash(table.number(), offset) % shards.length];
    }

    /** Whether a block is here; if not it counts as missed, since it will be read elsewhere. */
    boolean contains(Table table, long offset) {
        return shard(table, offset).contains(table.number(), offset);
    }

    /** Whether a block that is read drives out another, as far as one can tell in passing. */
    boolean isFull() {
        return isFull;
    }

    private int load(
            BlockShard shard, Table table, int kind, long offset, int storedBytes, int rawBytes) {
        int slot = shard.reserve();
        if (slot < 0) {
            return -1;
        }
        boolean read = false;
        try {
            table.read(kind, offset, storedBytes, rawBytes, shard.slice(slot), codecs);
            read = true;
        } finally {
            if (!read) {
                shard.release(slot);
            }
        }
        if (!isFull && shard.isFull()) {
            isFull = true;
        }
        return shard.publish(slot, table.number(), offset);
    }

    /** A block too large for a slot, or for which there is none: memory for this time only. */
    private void pinLarge(
            Table table, int kind, long offset, int storedBytes, int rawBytes, BlockLease lease) {
        Region region;
        try {
            region = chunks.region(largeAccount, TableDescriptor.BLOCK_BYTES + (long) rawBytes);
        } catch (MemoryRefused e) {
            throw new StoreException.Busy("no memory to read a block: " + e.getMessage());
        }
        boolean read = false;
        try {
            table.read(kind, offset, storedBytes, rawBytes, region.memory(), codecs);
            read = true;
        } finally {
            if (!read) {
                region.close();
            }
        }
        lease.hold(_ -> region.close(), 0, region.memory(), TableDescriptor.BLOCK_BYTES, rawBytes);
    }

    /** What expands blocks, also those that are read past the cache. */
    CodecPool codecs() {
        return codecs;
    }

    /** Pins that found their block here. */
    public long hits() {
        long hits = 0;
        for (BlockShard shard : shards) {
            hits += shard.hits();
        }
        return hits;
    }

    /** Pins that had to read it. */
    public long misses() {
        long misses = 0;
        for (BlockShard shard : shards) {
            misses += shard.misses();
        }
        return misses;
    }

    /** What stays in memory of directories. */
    DirectoryMemory directories() {
        return directories;
    }

    /** Bytes charged for what stays in memory of directories. */
    public long directoryBytes() {
        return directories.usedBytes();
    }

    /** Bytes charged for slots. */
    public long usedBytes() {
        return account.usedBytes();
    }

    /** Gives all memory back. Nothing may be pinned any more. */
    @Override
    public void close() {
        directories.close();
        for (BlockShard shard : shards) {
            shard.close();
        }
        codecs.close();
    }
}
