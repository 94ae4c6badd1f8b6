package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.BareLoop;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StreamBounds;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BareWriteLoopTest {

    @TempDir private Path root;

    @Test
    void whatTheLoopWroteIsAnOrdinaryStore() {
        Path directory = root.resolve("store");
        ByteBuffer value = ByteBuffer.allocateDirect(5).put(0, new byte[] {98, 121, 116, 101, 115});
        try (BareLoop loop = new RocksProvider().openBare(Fixtures.options(directory))) {
            loop.write(Collections.nCopies(10, value), Durability.WRITTEN);
            loop.write(Collections.nCopies(10, value), Durability.DURABLE);
        }
        Space space = new Space(1, "bare");
        try (LocalStore store = Fixtures.open(directory)) {
            assertThat(store.bounds(space, 0))
                    .isEqualTo(new StreamBounds(0, 19, StreamBounds.NEVER_TRIMMED));
            try (var cursor = store.read(space, 0, 19, 19, Order.FORWARD)) {
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.value().mismatch(Fixtures.bytes("bytes"))).isEqualTo(-1);
            }
        }
    }
}
