package cordwood.baseline;

import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.Metric;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.store.StoreProvider;
import cordwood.testkit.Bytes;
import cordwood.testkit.contract.WriteOnlyStoreContract;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The floor of the disk, on the real one. */
final class RawFileStoreTest extends WriteOnlyStoreContract {

    @Override
    public StoreProvider provider() {
        return new RawFileProvider();
    }

    @Test
    void theFileHoldsWhatWasWrittenAndNothingAllocatedAhead() throws IOException {
        MemorySegment large = Bytes.random(7, 9 << 20);
        subject().put(1, 1, "the first value");
        subject()
                .write(batch -> {
                    batch.put(SPACE, 1, 2, large);
                    batch.put(SPACE, 1, 3, Bytes.of("the "), Bytes.of("last value"));
                });
        long walBytes = subject().store().metrics().value(Metric.WAL_BYTES);
        assertThat(directory().resolve("log"))
                .satisfies(log ->
                        assertThat(Files.size(log)).as("allocated ahead").isGreaterThan(walBytes));
        subject().close();

        byte[] file = Files.readAllBytes(directory().resolve("log"));
        assertThat(file).hasSize(Math.toIntExact(walBytes));
        String text = new String(file, StandardCharsets.ISO_8859_1);
        assertThat(text).contains("the first value").endsWith("the last value");
        int at = text.length() - "the last value".length() - 22 - (9 << 20);
        assertThat(Arrays.copyOfRange(file, at, at + (9 << 20))).isEqualTo(Bytes.array(large));
    }

    @Test
    void aValueThatCannotBeReadLeavesNothingInTheFile() throws IOException {
        subject()
                .write(batch -> {
                    batch.put(SPACE, 1, 1, Bytes.of("first"));
                    for (MemorySegment unreadable : Bytes.unreadable()) {
                        assertThatThrownBy(
                                        () -> batch.put(SPACE, 2, 2, Bytes.of("head"), unreadable))
                                .isInstanceOf(RuntimeException.class);
                        assertThatThrownBy(() -> batch.attribute(SPACE, 2, 1, unreadable))
                                .isInstanceOf(RuntimeException.class);
                    }
                    batch.put(SPACE, 1, 3, Bytes.of("second"));
                });
        assertThat(subject().streams(SPACE)).containsExactly(1L);
        subject().close();
        assertThat(directory().resolve("log")).hasSize(2 * 22 + "firstsecond".length());
    }

    @Test
    void aStreamThatWasWrittenCannotBeRead() {
        subject().putEach(1, 1);
        assertThatThrownBy(() -> subject().positions(1, 1, 1, Order.FORWARD))
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessageContaining("only writes");
        assertThatThrownBy(() -> subject().store().bounds(SPACE, 1))
                .isInstanceOf(StoreException.Invalid.class);
        assertThatThrownBy(() -> subject().store().attribute(SPACE, 1, 1))
                .isInstanceOf(StoreException.Invalid.class);
        assertThat(subject().streams(SPACE)).containsExactly(1L);
    }

    @Test
    void theLogOfAnEarlierRunIsRefusedUntouched() throws IOException {
        subject().put(1, 1, "precious");
        subject().close();
        byte[] before = Files.readAllBytes(directory().resolve("log"));
        assertThatThrownBy(() -> subject().store())
                .isInstanceOf(StoreException.Invalid.class)
                .hasMessageContaining("earlier run");
        assertThat(directory().resolve("log")).hasBinaryContent(before);
    }

    @Test
    void aSecondOpenerIsRefusedByName() {
        subject().store();
        assertThatThrownBy(() -> open(directory()))
                .isInstanceOf(StoreException.Busy.class)
                .hasMessageContaining("rawfile store")
                .hasMessageContaining("process " + ProcessHandle.current().pid());
        subject().putEach(1, 1);
    }
}
