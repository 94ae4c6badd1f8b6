package cordwood.loglet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.StoreException;
import org.junit.jupiter.api.Test;

class KeyFilterTest {

    private static final long HIGHEST = -1L;

    @Test
    void anyLetsEverythingThrough() {
        KeyFilter any = new KeyFilter.Any();
        assertThat(any.matches(Keys.NONE)).isTrue();
        assertThat(any.matches(new Keys.Single(1))).isTrue();
        assertThat(any.matches(new Keys.Pair(1, 2))).isTrue();
        assertThat(any.matches(new Keys.Range(1, 2))).isTrue();
    }

    @Test
    void recordWithoutKeysPassesEveryFilter() {
        assertThat(new KeyFilter.Include(1).matches(Keys.NONE)).isTrue();
        assertThat(new KeyFilter.Within(1, 2).matches(Keys.NONE)).isTrue();
    }

    @Test
    void includeMatchesTheKeyItself() {
        KeyFilter seven = new KeyFilter.Include(7);
        assertThat(seven.matches(new Keys.Single(7))).isTrue();
        assertThat(seven.matches(new Keys.Single(8))).isFalse();
        assertThat(seven.matches(new Keys.Pair(7, 1))).isTrue();
        assertThat(seven.matches(new Keys.Pair(1, 7))).isTrue();
        assertThat(seven.matches(new Keys.Pair(6, 8))).isFalse();
        assertThat(seven.matches(new Keys.Range(7, 9))).isTrue();
        assertThat(seven.matches(new Keys.Range(5, 7))).isTrue();
        assertThat(seven.matches(new Keys.Range(8, 9))).isFalse();
        assertThat(seven.matches(new Keys.Range(5, 6))).isFalse();
    }

    @Test
    void withinMatchesWhatTouchesIt() {
        KeyFilter within = new KeyFilter.Within(5, 9);
        assertThat(within.matches(new Keys.Single(5))).isTrue();
        assertThat(within.matches(new Keys.Single(9))).isTrue();
        assertThat(within.matches(new Keys.Single(4))).isFalse();
        assertThat(within.matches(new Keys.Single(10))).isFalse();
        assertThat(within.matches(new Keys.Pair(4, 6))).isTrue();
        assertThat(within.matches(new Keys.Pair(4, 10))).isFalse();
        assertThat(within.matches(new Keys.Range(1, 5))).isTrue();
        assertThat(within.matches(new Keys.Range(9, 12))).isTrue();
        assertThat(within.matches(new Keys.Range(1, 20))).isTrue();
        assertThat(within.matches(new Keys.Range(1, 4))).isFalse();
        assertThat(within.matches(new Keys.Range(10, 12))).isFalse();
    }

    @Test
    void keysAreUnsigned() {
        KeyFilter upperHalf = new KeyFilter.Within(Long.MIN_VALUE, HIGHEST);
        assertThat(upperHalf.matches(new Keys.Single(HIGHEST))).isTrue();
        assertThat(upperHalf.matches(new Keys.Single(1))).isFalse();
        assertThat(upperHalf.matches(new Keys.Range(1, HIGHEST))).isTrue();
        assertThat(new KeyFilter.Include(HIGHEST).matches(new Keys.Range(1, HIGHEST))).isTrue();
        assertThatThrownBy(() -> new Keys.Range(HIGHEST, 1))
                .isInstanceOf(StoreException.Invalid.class);
        assertThatThrownBy(() -> new KeyFilter.Within(HIGHEST, 1))
                .isInstanceOf(StoreException.Invalid.class);
    }
}
