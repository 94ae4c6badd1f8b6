package cordwood.bench.alloc;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code Arena.ofConfined}, one per cell. */
record ArenaContender() implements Contender {

    @Override
    public String name() {
        return Contenders.ARENA;
    }

    @Override
    public String describe(Map<String, String> options) {
        return "Arena.ofConfined of the JDK, one per cell";
    }

    @Override
    public @Nullable String cannot(boolean handsOver, boolean read) {
        return handsOver
                ? "cannot be closed by another thread: give --remote-share 0"
                : Contender.super.cannot(false, read);
    }

    @Override
    public Stand open(AllocConfig config) {
        OwnCode cells = new OwnCode(ArenaCells.class);
        return new Stand() {
            @Override
            public Cells<?> producerCells() {
                return cells.instance(Cells.class);
            }

            @Override
            public Cells<?> consumerCells() {
                throw new IllegalStateException("a confined arena stays with its thread");
            }

            @Override
            public void close() {}
        };
    }
}
