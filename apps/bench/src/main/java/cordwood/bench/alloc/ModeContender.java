package cordwood.bench.alloc;

import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.pool.AllocatorMode;
import cordwood.memory.pool.CellAllocator;
import cordwood.memory.pool.CellPool;
import cordwood.memory.pool.PoolOptions;
import cordwood.memory.pool.PoolStats;
import cordwood.memory.pool.SmallPool;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A mode as the product uses it: with checked handles, and within a budget.
 *
 * @param claimed whether producers go through the pool itself instead of a local one each
 */
record ModeContender(AllocatorMode mode, boolean claimed) implements Contender {

    @Override
    public String name() {
        return claimed ? mode.name() + Contenders.CLAIMED : mode.name();
    }

    @Override
    public String describe(Map<String, String> options) {
        return mode.describe(options)
                + (claimed ? "; the pool itself" : "; a local pool per producer");
    }

    @Override
    public @Nullable String cannot(boolean handsOver, boolean read) {
        return null;
    }

    @Override
    public Stand open(AllocConfig config) {
        Memory memory = Memory.open(MemoryOptions.ofBudget(config.memoryBudgetBytes()));
        PoolOptions options = PoolOptions.defaults().withShards(config.shards());
        try {
            CellPool pool = mode.open(memory, options, config.allocatorOptions());
            boolean isOurs = mode.name().equals(SmallPool.MODE);
            return new ModeStand(
                    memory, pool, config, claimed, isOurs ? config.fault() : Fault.NONE);
        } catch (RuntimeException refused) {
            memory.close();
            throw refused;
        }
    }

    /** A mode opened, with copies of the code for threads that allocate and for those that free. */
    private static final class ModeStand implements Stand {
        private final Memory memory;
        private final CellPool pool;
        private final boolean claimed;
        private final Fault fault;
        private final ReentrantLock lock = new ReentrantLock(true);
        private final AtomicLong published = new AtomicLong();
        private final OwnCode producers;
        private final OwnCode consumers;

        ModeStand(Memory memory, CellPool pool, AllocConfig config, boolean claimed, Fault fault) {
            this.memory = memory;
            this.pool = pool;
            this.claimed = claimed;
            this.fault = fault;
            Class<?> cells = config.readers() > 0 ? RetiringCells.class : PoolCells.class;
            this.producers = new OwnCode(cells);
            this.consumers = new OwnCode(cells);
        }

        @Override
        public Cells<?> producerCells() {
            CellAllocator way = claimed ? pool : pool.local();
            CellAllocator taken = fault == Fault.LOCK ? new LockedPool(way, lock) : way;
            return producers.instance(Cells.class, taken, published);
        }

        @Override
        public Cells<?> consumerCells() {
            CellAllocator way =
                    switch (fault) {
                        case NONE -> pool;
                        case LATE_DRAIN -> new LatePool(pool);
                        case LOCK -> new LockedPool(pool, lock);
                    };
            return consumers.instance(Cells.class, way, published);
        }

        @Override
        public PoolStats stats() {
            return pool.stats();
        }

        @Override
        public long callerChunks() {
            return memory.chunks().callerChunks();
        }

        @Override
        public ReadAccess readAccess() {
            return new ReadAccess(memory.epochs(), pool, published);
        }

        @Override
        public void close() {
            try (memory) {
                pool.close();
            }
        }
    }
}
