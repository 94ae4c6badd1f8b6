package cordwood.testkit.contract;

import static cordwood.testkit.StoreUnderTest.OTHER_SPACE;
import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.StoreException;
import cordwood.store.StreamCursor;
import cordwood.testkit.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which streams there are. */
interface StreamListChapter extends ContractChapter {

    @Test
    default void aStreamIsListedOnceForARecordATrimPointOrAnAttribute() {
        assertThat(subject().streams(SPACE)).isEmpty();
        subject().putEach(-1, 1, 2, 3);
        subject().trim(Long.MIN_VALUE, 5);
        subject().write(batch -> batch.attribute(SPACE, Long.MAX_VALUE, 1, Bytes.of("x")));
        subject()
                .write(batch -> {
                    batch.put(SPACE, 0, 1, Bytes.of("x"));
                    batch.attribute(SPACE, 0, 1, Bytes.of("x"));
                    batch.attribute(SPACE, 0, 2, Bytes.of("x"));
                    batch.trim(SPACE, 0, 0);
                });
        assertThat(subject().streams(SPACE))
                .containsExactlyInAnyOrder(Long.MIN_VALUE, -1L, 0L, Long.MAX_VALUE);
    }

    @Test
    default void aStreamIsListedWhenAllItsRecordsWereTrimmed() {
        subject().putEach(3, 1, 2);
        subject().trim(3, 2);
        assertThat(subject().streams(SPACE)).containsExactly(3L);
    }

    @Test
    default void streamsOfAnotherSpaceAreNotListed() {
        subject().putEach(1, 1);
        subject().write(batch -> batch.put(OTHER_SPACE, 2, 1, Bytes.of("x")));
        assertThat(subject().streams(SPACE)).containsExactly(1L);
        assertThat(subject().streams(OTHER_SPACE)).containsExactly(2L);
    }

    @Test
    default void manyStreamsAreListedAndReadable() {
        List<Long> expected = new ArrayList<>();
        for (long start = 0; start < 3_000; start += 500) {
            long first = start;
            subject()
                    .write(batch -> {
                        for (long stream = first; stream < first + 500; stream++) {
                            long scattered = stream * 0x9E3779B97F4A7C15L;
                            batch.put(SPACE, scattered, stream, Bytes.of("s" + stream));
                            expected.add(scattered);
                        }
                    });
        }
        assertThat(subject().streams(SPACE)).containsExactlyInAnyOrderElementsOf(expected);
        for (int i = 0; i < expected.size(); i += 101) {
            assertThat(subject().texts(expected.get(i))).containsExactly("s" + i);
        }
    }

    @Test
    default void theWalkOverStreamsEndsAndStaysEnded() {
        subject().putEach(1, 1);
        try (StreamCursor cursor = subject().store().streams(SPACE)) {
            assertThatThrownBy(cursor::stream).isInstanceOf(StoreException.Invalid.class);
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.stream()).isEqualTo(1);
            assertThat(cursor.next()).isFalse();
            assertThat(cursor.next()).isFalse();
            assertThatThrownBy(cursor::stream).isInstanceOf(StoreException.Invalid.class);
        }
    }

    @Test
    default void streamsAreListedWhileOthersAreAdded() {
        for (long stream = 0; stream < 50; stream++) {
            subject().putEach(stream, 1);
        }
        List<Long> seen = new ArrayList<>();
        try (StreamCursor cursor = subject().store().streams(SPACE)) {
            while (cursor.next()) {
                seen.add(cursor.stream());
                if (seen.size() < 20) {
                    subject().putEach(1_000 + seen.size(), 1);
                }
            }
        }
        assertThat(seen).doesNotHaveDuplicates();
        for (long stream = 0; stream < 50; stream++) {
            assertThat(seen).contains(stream);
        }
    }
}
