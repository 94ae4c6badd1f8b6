package cordwood.bench.alloc;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.Version;
import java.util.Map;

/** Direct buffers of one of Netty's allocators. */
record NettyContender(String name) implements Contender {

    @Override
    public String describe(Map<String, String> options) {
        Version version =
                Version.identify(NettyContender.class.getClassLoader()).get("netty-buffer");
        return "direct buffers of Netty %s, %s"
                .formatted(version == null ? "" : version.artifactVersion(), allocator());
    }

    private String allocator() {
        return name.equals(Contenders.NETTY_POOLED) ? "pooled" : "adaptive";
    }

    @Override
    public Stand open(AllocConfig config) {
        ByteBufAllocator allocator =
                name.equals(Contenders.NETTY_POOLED)
                        ? new PooledByteBufAllocator(true)
                        : new AdaptiveByteBufAllocator(true);
        OwnCode cells = new OwnCode(NettyCells.class);
        return new Stand() {
            @Override
            public Cells<?> producerCells() {
                return cells.instance(Cells.class, allocator);
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
