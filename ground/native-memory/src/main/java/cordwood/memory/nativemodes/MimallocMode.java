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

/**
 * mimalloc, as a mode. Its own option {@code mimalloc-library} says where the library is from:
 * {@code bundled} (the default), {@code system}, or a path.
 */
public final class MimallocMode implements AllocatorMode {

    static final String NAME = "mimalloc";

    /** The key of its option. */
    static final String LIBRARY = "mimalloc-library";

    /** For {@link java.util.ServiceLoader}. */
    public MimallocMode() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> optionKeys() {
        return Set.of(LIBRARY);
    }

    @Override
    public String describe(Map<String, String> options) {
        load(options);
        return MimallocLibrary.description();
    }

    @Override
    public CellPool open(Memory memory, PoolOptions pool, Map<String, String> options) {
        return NativePool.open(memory, pool, load(options));
    }

    @Override
    public Optional<NativeAllocator> nativeAllocator(Map<String, String> options) {
        return Optional.of(load(options));
    }

    private static NativeAllocator load(Map<String, String> options) {
        return NativeAccess.granted(() -> {
            MimallocLibrary.load(options.getOrDefault(LIBRARY, MimallocLibrary.BUNDLED));
            return new Mimalloc();
        });
    }
}
