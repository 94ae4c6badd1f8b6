package cordwood.bench.payload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SplitMix64Test {

    /** The algorithm's published first draws for this seed, as unsigned numbers. */
    @Test
    void drawsThePublishedSequence() {
        SplitMix64 random = new SplitMix64(1234567);
        long[] drawn = {random.next(), random.next(), random.next(), random.next(), random.next()};
        assertThat(drawn)
                .containsExactly(
                        Long.parseUnsignedLong("6457827717110365317"),
                        Long.parseUnsignedLong("3203168211198807973"),
                        Long.parseUnsignedLong("9817491932198370423"),
                        Long.parseUnsignedLong("4593380528125082431"),
                        Long.parseUnsignedLong("16408922859458223821"));
    }
}
