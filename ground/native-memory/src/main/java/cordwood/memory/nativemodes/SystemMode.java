package cordwood.memory.nativemodes;

import cordwood.memory.Memory;
import cordwood.memory.pool.AllocatorMode;
import cordwood.memory.pool.CellPool;
import cordwood.memory.pool.NativeAllocator;
import cordwood.memory.pool.NativePool;
import cordwood.memory.pool.PoolOptions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The C library's malloc, as a mode. */
public final class SystemMode implements AllocatorMode {

    static final String NAME = "system";

    /** For {@link java.util.ServiceLoader}. */
    public SystemMode() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> aliases() {
        return Set.of("default");
    }

    @Override
    public String describe(Map<String, String> options) {
        library();
        return "malloc and free of the C library";
    }

    @Override
    public CellPool open(Memory memory, PoolOptions pool, Map<String, String> options) {
        return NativePool.open(memory, pool, library());
    }

    @Override
    public Optional<NativeAllocator> nativeAllocator(Map<String, String> options) {
        return Optional.of(library());
    }

    private static NativeAllocator library() {
        return NativeAccess.granted(SystemLibrary::new);
    }
}
