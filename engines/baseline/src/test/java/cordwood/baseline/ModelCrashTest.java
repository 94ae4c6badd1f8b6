package cordwood.baseline;

import static cordwood.testkit.StoreUnderTest.OTHER_SPACE;
import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.StoreUnderTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A crash in the middle of a batch over several streams, on demand. */
final class ModelCrashTest {

    private final ModelState state = new ModelState();
    private boolean split = true;
    private final StoreUnderTest subject = new StoreUnderTest(() -> ModelStore.open(state, split));

    @AfterEach
    void close() {
        subject.close();
    }

    /** Three parts: stream 1 with records and an attribute, stream 2, and stream 1 elsewhere. */
    private static void fill(WriteBatch batch) {
        batch.put(SPACE, 1, 1, Bytes.of("a"));
        batch.put(SPACE, 2, 1, Bytes.of("b"));
        batch.put(OTHER_SPACE, 1, 1, Bytes.of("c"));
        batch.attribute(SPACE, 1, 1, Bytes.of("fact"));
        batch.put(SPACE, 1, 2, Bytes.of("d"));
    }

    private void appendAndFail() {
        WriteBatch batch = subject.newBatch();
        fill(batch);
        Commit commit = subject.store().append(batch, Durability.DURABLE);
        assertThatThrownBy(commit::await)
                .isInstanceOf(StoreException.Failed.class)
                .extracting(e -> ((StoreException) e).outcome())
                .isEqualTo(Outcome.UNKNOWN);
    }

    private static String found(StoreUnderTest store) {
        String attribute = store.store().attribute(SPACE, 1, 1) == null ? "" : "+fact";
        return "%s%s %s %s"
                .formatted(store.texts(1), attribute, store.texts(2), store.texts(OTHER_SPACE, 1));
    }

    @Test
    void aSplitBatchLeavesAPrefixOfItsStreamsEachWhole() {
        String[] expected = {
            "[] [] []", "[a, d]+fact [] []", "[a, d]+fact [b] []",
        };
        for (int parts = 0; parts < expected.length; parts++) {
            ModelState fresh = new ModelState();
            try (StoreUnderTest crashing = new StoreUnderTest(() -> ModelStore.open(fresh, true))) {
                crashing.store();
                fresh.crashAfterParts(parts);
                assertThatThrownBy(() -> crashing.write(ModelCrashTest::fill))
                        .isInstanceOf(StoreException.Failed.class);
                crashing.reopen();
                assertThat(found(crashing)).isEqualTo(expected[parts]);
            }
        }
    }

    @Test
    void anUnsplitBatchIsThereOrNot() {
        split = false;
        subject.store();
        state.crashAfterParts(0);
        appendAndFail();
        subject.reopen();
        assertThat(found(subject)).isEqualTo("[] [] []");
        subject.write(ModelCrashTest::fill);
        assertThat(found(subject)).isEqualTo("[a, d]+fact [b] [c]");
    }

    @Test
    void afterACrashWritesAreRefusedAndReadsGoOnUntilReopened() {
        subject.put(9, 9, "before");
        state.crashAfterParts(1);
        appendAndFail();
        assertThatThrownBy(() -> subject.put(9, 10, "after"))
                .isInstanceOf(StoreException.Failed.class)
                .extracting(e -> ((StoreException) e).outcome())
                .isEqualTo(Outcome.NOT_APPLIED);
        assertThat(subject.texts(9)).containsExactly("before");
        subject.reopen();
        subject.put(9, 10, "after");
        assertThat(subject.texts(9)).containsExactly("before", "after");
    }
}
