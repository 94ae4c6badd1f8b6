package cordwood.lsm.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CompressionPolicyTest {

    private static final int BLOCK_BYTES = 32 << 10;

    private final CompressionPolicy policy = new CompressionPolicy(Compression.LZ4);

    private int attempts(int blocks, boolean saved) {
        int attempts = 0;
        for (int i = 0; i < blocks; i++) {
            if (policy.isWorthTrying(BLOCK_BYTES)) {
                attempts++;
                policy.tried(saved);
            }
        }
        return attempts;
    }

    @Test
    void everyBlockIsTriedWhileItSaves() {
        assertThat(attempts(1_000, true)).isEqualTo(1_000);
    }

    @Test
    void dataThatDoesNotCompressIsSeldomTried() {
        assertThat(attempts(10_000, false)).isBetween(10_000 / 129, 10_000 / 129 + 9);
    }

    @Test
    void oneBlockThatSavesBringsAllAttemptsBack() {
        attempts(10_000, false);
        while (!policy.isWorthTrying(BLOCK_BYTES)) {}
        policy.tried(true);
        assertThat(attempts(100, true)).isEqualTo(100);
    }

    @Test
    void nothingIsTriedWithoutCompressionOrForAFewBytes() {
        assertThat(policy.isWorthTrying(100)).isFalse();
        assertThat(new CompressionPolicy(Compression.NONE).isWorthTrying(BLOCK_BYTES)).isFalse();
    }
}
