package cordwood.bench.alloc;

import cordwood.memory.pool.AllocatorMode;
import cordwood.memory.pool.AllocatorUnavailable;
import cordwood.memory.pool.NativeAllocator;
import java.util.Map;

/**
 * The library below a native mode, called directly: with the critical linker option, and without
 * handles, checks and budget.
 */
record BareContender(AllocatorMode mode) implements Contender {

    @Override
    public String name() {
        return mode.name() + Contenders.BARE;
    }

    @Override
    public String describe(Map<String, String> options) {
        library(options);
        return mode.describe(options) + "; called directly, critical";
    }

    private NativeAllocator library(Map<String, String> options) {
        return mode.nativeAllocator(options)
                .orElseThrow(() -> new AllocatorUnavailable("there is no library below it"));
    }

    @Override
    public Stand open(AllocConfig config) {
        NativeAllocator library = library(config.allocatorOptions());
        int bytesMax = CellSizes.parse(config.sizes(), config.seed()).largest();
        OwnCode cells = new OwnCode(BareCells.class);
        return new Stand() {
            @Override
            public Cells<?> producerCells() {
                return cells.instance(Cells.class, library, bytesMax);
            }

            @Override
            public Cells<?> consumerCells() {
                return producerCells();
            }

            @Override
            public void close() {}
        };
    }
}
