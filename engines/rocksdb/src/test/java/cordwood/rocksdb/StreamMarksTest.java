package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.StreamBounds;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a batch did to each of its streams. */
@ExtendWith(SeedExtension.class)
class StreamMarksTest {

    private static final int TRIMS = 2_000;

    @Test
    void everyStreamComesOnceInTheOrderOfItsKey(Seed seed) {
        SplittableRandom random = seed.random();
        StreamMarks marks = new StreamMarks();
        for (int i = 0; i < TRIMS; i++) {
            long stream = random.nextBoolean() ? random.nextLong() : random.nextLong(-50, 50);
            marks.trim(random.nextInt(1, 255), stream, i);
        }
        List<byte[]> keys = new ArrayList<>();
        for (int i : marks.inKeyOrder()) {
            keys.add(Keys.streamStart(marks.spaceId(i), marks.stream(i)));
        }
        assertThat(keys).hasSize(marks.size());
        for (int i = 1; i < keys.size(); i++) {
            assertThat(Arrays.compareUnsigned(keys.get(i - 1), keys.get(i))).isNegative();
        }
    }

    @Test
    void clearedOnesKeepNoMemoryForMany() {
        StreamMarks marks = new StreamMarks();
        int capacity = marks.capacity();
        for (int stream = 0; stream < TRIMS; stream++) {
            marks.trim(Fixtures.SPACE, stream, stream);
        }
        assertThat(marks.capacity()).isGreaterThanOrEqualTo(TRIMS);
        marks.clear();
        assertThat(marks.capacity()).isEqualTo(capacity);
        assertThat(marks.size()).isZero();
        assertThat(marks.trimCount()).isZero();
        for (int stream = 0; stream < TRIMS; stream++) {
            assertThat(marks.trimOf(Fixtures.SPACE.id(), stream))
                    .isEqualTo(StreamBounds.NEVER_TRIMMED);
            assertThat(marks.put(Fixtures.SPACE, stream, 0)).isTrue();
        }
        assertThat(marks.size()).isEqualTo(TRIMS);
    }

    @Test
    void nothingHasNoOrder() {
        assertThat(new StreamMarks().inKeyOrder()).isEmpty();
    }
}
