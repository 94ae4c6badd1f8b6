package cordwood.memory.pool;

import cordwood.memory.Memory;
import java.util.Map;
import java.util.Set;

/** The sharded small pool, as a mode. */
public final class SmallPoolMode implements AllocatorMode {

    /** For {@link java.util.ServiceLoader}. */
    public SmallPoolMode() {}

    @Override
    public String name() {
        return SmallPool.MODE;
    }

    @Override
    public Set<String> aliases() {
        return Set.of("sharded");
    }

    @Override
    public String describe(Map<String, String> options) {
        return "slabs of cells in chunks of 32 MiB, no native code";
    }

    @Override
    public CellPool open(Memory memory, PoolOptions pool, Map<String, String> options) {
        return SmallPool.open(memory, pool);
    }
}
