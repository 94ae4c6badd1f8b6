package cordwood.lsm.table;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.codec.Codec;
import cordwood.lsm.codec.SpaceCodecs;
import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
final class CompressionPolicyTest {

    private static final int BLOCK_BYTES = 32 << 10;
    private static final long STREAM = 0x1234_5678_9ABC_DEF0L;

    private final CompressionPolicy policy = new CompressionPolicy(new SpaceCodecs(Codec.LZ4));

    private int attempts(long stream, int blocks, boolean saved) {
        int attempts = 0;
        for (int i = 0; i < blocks; i++) {
            if (policy.isWorthTrying(stream, BLOCK_BYTES)) {
                attempts++;
                policy.tried(stream, saved);
            }
        }
        return attempts;
    }

    @Test
    void everyBlockIsTriedWhileItSaves() {
        assertThat(attempts(STREAM, 1_000, true)).isEqualTo(1_000);
    }

    @Test
    void aStreamThatDoesNotCompressIsSeldomTried() {
        assertThat(attempts(STREAM, 10_000, false)).isBetween(10_000 / 129, 10_000 / 129 + 9);
    }

    @Test
    void oneBlockThatSavesBringsAllAttemptsBack() {
        attempts(STREAM, 10_000, false);
        while (!policy.isWorthTrying(STREAM, BLOCK_BYTES)) {}
        policy.tried(STREAM, true);
        assertThat(attempts(STREAM, 100, true)).isEqualTo(100);
    }

    @Test
    void streamsThatDoNotCompressTakeNothingFromOthers(Seed seed) {
        SplittableRandom random = seed.random();
        for (int i = 0; i < 5_000; i++) {
            attempts(random.nextLong(), 10, false);
            assertThat(attempts(random.nextLong(), 10, true)).isEqualTo(10);
        }
    }

    @Test
    void aStreamThatCompressesLeavesWhatIsKnownOfTheOneInItsPlace() {
        long samePlace = STREAM ^ 1;
        attempts(STREAM, 10_000, false);
        attempts(samePlace, 10, true);
        assertThat(attempts(STREAM, 100, false)).isLessThanOrEqualTo(1);
    }

    private int compressed(BlockCodec blocks, long stream, byte[] content) {
        BlockBounds bounds = new BlockBounds();
        bounds.include(new StreamKey(RecordKind.RECORDS, 1, stream), 1, 2);
        MemorySegment block = MemorySegment.ofArray(content.clone());
        return policy.compress(blocks, block, 0, content.length, bounds);
    }

    @Test
    void behindNoiseASampleDecides(Seed seed) {
        byte[] noise = new byte[BLOCK_BYTES];
        seed.random().nextBytes(noise);
        byte[] text = new byte[BLOCK_BYTES];
        byte[] mixed = Arrays.copyOf(Arrays.copyOf(noise, BLOCK_BYTES / 4), BLOCK_BYTES);
        try (BlockCodec blocks = new BlockCodec()) {
            assertThat(compressed(blocks, 1, mixed)).isLessThan(BLOCK_BYTES / 2);
            assertThat(compressed(blocks, 2, noise)).isEqualTo(BLOCK_BYTES);
            assertThat(compressed(blocks, 3, mixed)).as("its sample").isEqualTo(BLOCK_BYTES);
            assertThat(compressed(blocks, 4, text)).isLessThan(BLOCK_BYTES / 2);
            assertThat(compressed(blocks, 5, mixed)).isLessThan(BLOCK_BYTES / 2);
        }
    }

    @Test
    void nothingIsTriedForAFewBytes() {
        assertThat(policy.isWorthTrying(STREAM, 100)).isFalse();
    }
}
