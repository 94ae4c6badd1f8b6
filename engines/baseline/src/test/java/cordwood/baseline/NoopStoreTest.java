package cordwood.baseline;

import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.StoreProvider;
import cordwood.testkit.Bytes;
import cordwood.testkit.contract.WriteOnlyStoreContract;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The floor of the harness. */
final class NoopStoreTest extends WriteOnlyStoreContract {

    @Override
    public StoreProvider provider() {
        return new NoopProvider();
    }

    @Override
    public boolean persists() {
        return false;
    }

    @Test
    void everyByteOfEveryValueIsInTheChecksum() {
        MemorySegment large = Bytes.random(1, 100_000);
        subject()
                .write(batch -> {
                    batch.put(SPACE, 1, 1, Bytes.of("head"), large);
                    batch.attribute(SPACE, 1, 1, Bytes.of("fact"));
                });
        CRC32C first = new CRC32C();
        first.update(Bytes.array(Bytes.of("head")));
        first.update(Bytes.array(large));
        first.update(Bytes.array(Bytes.of("fact")));
        assertThat(checksum()).isEqualTo(first.getValue());

        subject().put(1, 2, "second");
        CRC32C second = new CRC32C();
        second.update(Bytes.array(Bytes.of("second")));
        assertThat(checksum()).isEqualTo(first.getValue() ^ second.getValue());
    }

    @Test
    void aValueThatCannotBeReadLeavesTheChecksumAsItWas() {
        subject()
                .write(batch -> {
                    batch.put(SPACE, 1, 1, Bytes.of("value"));
                    for (MemorySegment unreadable : Bytes.unreadable()) {
                        assertThatThrownBy(
                                        () -> batch.put(SPACE, 1, 2, Bytes.of("head"), unreadable))
                                .isInstanceOf(RuntimeException.class);
                        assertThatThrownBy(() -> batch.attribute(SPACE, 1, 1, unreadable))
                                .isInstanceOf(RuntimeException.class);
                    }
                });
        CRC32C expected = new CRC32C();
        expected.update(Bytes.array(Bytes.of("value")));
        assertThat(checksum()).isEqualTo(expected.getValue());
    }

    private long checksum() {
        return subject().store().metrics().engine().getOrDefault("batch_crc32c_xor", -1L);
    }

    @Test
    void whatWasWrittenIsNotThere() {
        subject().putEach(1, 1, 2);
        assertThat(subject().positions(1)).isEmpty();
        assertThat(subject().streams(SPACE)).isEmpty();
    }
}
