package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.HandlesRefused;
import org.junit.jupiter.api.Test;

/** Numbers are had as long as one is not in use. */
final class SlabNumbersTest {

    private static final int FIRST_GENERATION = 1_000;
    private static final int COUNT = 200;

    private final SlabNumbers numbers = new SlabNumbers(FIRST_GENERATION, COUNT);

    @Test
    void numberBeginsWhereItsLastSlabEnded() {
        int number = numbers.next();
        assertThat(numbers.take(number)).isEqualTo(FIRST_GENERATION);
        numbers.giveBack(number, 1_234);
        assertThat(numbers.next()).isEqualTo(number);
        assertThat(numbers.take(number)).isEqualTo(1_234);
        assertThat(numbers.generationReached()).isEqualTo(1_234);
    }

    @Test
    void usedUpNumberWaitsUntilEveryOtherIsUsedUpAndBeginsAnew() {
        for (int turn = 0; turn < 3; turn++) {
            for (int i = 0; i < COUNT; i++) {
                int number = numbers.next();
                assertThat(number).isEqualTo(i);
                assertThat(numbers.take(number)).isEqualTo(FIRST_GENERATION);
                numbers.giveBack(number, 5_000);
                assertThat(numbers.next()).isEqualTo(number);
                assertThat(numbers.take(number)).isEqualTo(5_000);
                numbers.giveBack(number, Handle.GENERATION_END);
            }
        }
        assertThat(numbers.generationReached()).isEqualTo(Handle.GENERATION_END);
    }

    @Test
    void moreSlabsAtOnceThanNumbersAreRefusedUntilOneIsGivenBack() {
        for (int i = 0; i < COUNT; i++) {
            numbers.take(numbers.next());
        }
        assertThatThrownBy(numbers::next).isInstanceOf(HandlesRefused.class);
        numbers.giveBack(7, Handle.GENERATION_END);
        assertThat(numbers.next()).isEqualTo(7);
        numbers.take(7);
        assertThatThrownBy(numbers::next).isInstanceOf(HandlesRefused.class);
        numbers.giveBack(9, FIRST_GENERATION + 2);
        assertThat(numbers.next()).isEqualTo(9);
    }
}
