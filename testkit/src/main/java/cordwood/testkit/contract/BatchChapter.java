package cordwood.testkit.contract;

import static cordwood.testkit.StoreUnderTest.OTHER_SPACE;
import static cordwood.testkit.StoreUnderTest.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Who owns a batch, and what it counts. */
interface BatchChapter extends ContractChapter {

    @Test
    default void aBatchCountsWhatItHolds() {
        try (WriteBatch batch = subject().store().newBatch()) {
            assertThat(batch.operationCount()).isZero();
            assertThat(batch.hasTrims()).isFalse();
            batch.put(SPACE, 1, 1, Bytes.of("1234"));
            batch.put(SPACE, 1, 2, Bytes.of("56"), Bytes.of("789"));
            batch.attribute(SPACE, 1, 1, Bytes.of("ab"));
            batch.trim(SPACE, 1, 0);
            assertThat(batch.recordCount()).isEqualTo(2);
            assertThat(batch.operationCount()).isEqualTo(4);
            assertThat(batch.valueBytes()).isEqualTo(11);
            assertThat(batch.hasTrims()).isTrue();
            batch.clear();
            assertThat(batch.recordCount()).isZero();
            assertThat(batch.operationCount()).isZero();
            assertThat(batch.valueBytes()).isZero();
            assertThat(batch.hasTrims()).isFalse();
        }
    }

    @Test
    default void aValueMayBeReusedAsSoonAsItWasPut() {
        MemorySegment onHeap = Bytes.of("heap");
        MemorySegment offHeap = Bytes.offHeap("away");
        MemorySegment fact = Bytes.of("fact");
        subject()
                .write(batch -> {
                    batch.put(SPACE, 1, 1, onHeap);
                    batch.put(SPACE, 1, 2, offHeap);
                    batch.put(SPACE, 1, 3, onHeap, offHeap);
                    batch.attribute(SPACE, 1, 1, fact);
                    onHeap.fill((byte) '-');
                    offHeap.fill((byte) '-');
                    fact.fill((byte) '-');
                });
        assertThat(subject().texts(1)).containsExactly("heap", "away", "heapaway");
        assertThat(subject().store().attribute(SPACE, 1, 1))
                .satisfies(value -> assertThat(Bytes.text(value)).isEqualTo("fact"));
    }

    /** Entries that fail as they are added, whatever stands before them. */
    private static List<Consumer<WriteBatch>> failingEntries() {
        List<Consumer<WriteBatch>> entries = new ArrayList<>();
        MemorySegment good = Bytes.of("not to be seen");
        for (MemorySegment bad : Bytes.unreadable()) {
            entries.add(batch -> batch.put(SPACE, 1, 3, bad));
            entries.add(batch -> batch.put(SPACE, 1, 3, good, bad));
            entries.add(batch -> batch.put(SPACE, 1, 3, bad, good));
            entries.add(batch -> batch.put(SPACE, 1, 0, bad));
            entries.add(batch -> batch.put(SPACE, 2, 3, good, bad));
            entries.add(batch -> batch.put(OTHER_SPACE, 1, 3, good, bad));
            entries.add(batch -> batch.attribute(SPACE, 1, 2, bad));
            entries.add(batch -> batch.attribute(SPACE, 2, 1, bad));
        }
        return entries;
    }

    private static void assertFailsAlone(WriteBatch batch, Consumer<WriteBatch> entry) {
        int operationCount = batch.operationCount();
        int recordCount = batch.recordCount();
        long valueBytes = batch.valueBytes();
        assertThatThrownBy(() -> entry.accept(batch)).isInstanceOf(RuntimeException.class);
        assertThat(batch.operationCount()).isEqualTo(operationCount);
        assertThat(batch.recordCount()).isEqualTo(recordCount);
        assertThat(batch.valueBytes()).isEqualTo(valueBytes);
    }

    @Test
    default void anEntryThatFailsLeavesTheBatchAsItWas() {
        List<Consumer<WriteBatch>> failing = failingEntries();
        subject()
                .write(
                        Durability.DURABLE,
                        batch -> {
                            failing.forEach(entry -> assertFailsAlone(batch, entry));
                            batch.put(SPACE, 1, 1, Bytes.of("one"));
                            failing.forEach(entry -> assertFailsAlone(batch, entry));
                            batch.put(SPACE, 1, 2, Bytes.of("two"));
                            batch.attribute(SPACE, 1, 1, Bytes.of("fact"));
                            failing.forEach(entry -> assertFailsAlone(batch, entry));
                            batch.trim(SPACE, 1, -1);
                            failing.forEach(entry -> assertFailsAlone(batch, entry));
                            batch.put(SPACE, 1, 4, Bytes.of("four"));
                            batch.put(SPACE, 1, 4000, Bytes.of("last"));
                            failing.forEach(entry -> assertFailsAlone(batch, entry));
                        });
        for (int life = 1; life <= 2; life++) {
            assertThat(subject().texts(1)).containsExactly("one", "two", "four", "last");
            assertThat(subject().positions(1)).containsExactly(1L, 2L, 4L, 4000L);
            assertThat(subject().store().attribute(SPACE, 1, 1))
                    .satisfies(value -> assertThat(Bytes.text(value)).isEqualTo("fact"));
            assertThat(subject().store().attribute(SPACE, 1, 2)).isNull();
            assertThat(subject().streams(SPACE)).containsExactly(1L);
            assertThat(subject().streams(OTHER_SPACE)).isEmpty();
            subject().reopen();
        }
    }

    @Test
    default void aBatchWhoseEveryEntryFailedIsEmpty() {
        List<Consumer<WriteBatch>> failing = failingEntries();
        try (WriteBatch batch = subject().store().newBatch()) {
            failing.forEach(entry -> assertFailsAlone(batch, entry));
            assertThatThrownBy(() -> subject().store().append(batch, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Invalid.class);
        }
    }

    @Test
    default void aClearedBatchIsAppendedAgain() {
        try (WriteBatch batch = subject().store().newBatch()) {
            for (int round = 0; round < 50; round++) {
                batch.clear();
                batch.put(SPACE, 1, round, Bytes.of("round " + round));
                subject().store().append(batch, Durability.WRITTEN).await();
            }
        }
        assertThat(subject().texts(1)).hasSize(50).startsWith("round 0").endsWith("round 49");
    }

    @Test
    default void clearForgetsWhatWasEncoded() {
        try (WriteBatch batch = subject().store().newBatch()) {
            batch.put(SPACE, 1, 1, Bytes.of("forgotten"));
            batch.trim(SPACE, 1, 5);
            batch.attribute(SPACE, 1, 1, Bytes.of("forgotten"));
            batch.clear();
            batch.put(SPACE, 1, 2, Bytes.of("kept"));
            subject().store().append(batch, Durability.WRITTEN).await();
        }
        assertThat(subject().texts(1)).containsExactly("kept");
        assertThat(subject().store().attribute(SPACE, 1, 1)).isNull();
    }

    @Test
    default void anAppendedBatchMustBeClearedFirst() {
        StreamStore store = subject().store();
        try (WriteBatch batch = store.newBatch()) {
            batch.put(SPACE, 1, 1, Bytes.of("x"));
            store.append(batch, Durability.WRITTEN).await();
            assertThatThrownBy(() -> batch.put(SPACE, 1, 2, Bytes.of("y")))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> batch.trim(SPACE, 1, 2))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> batch.attribute(SPACE, 1, 2, Bytes.of("y")))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> store.append(batch, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThat(batch.recordCount()).isEqualTo(1);
        }
        assertThat(subject().texts(1)).containsExactly("x");
    }

    @Test
    default void anEmptyBatchIsRefused() {
        StreamStore store = subject().store();
        try (WriteBatch batch = store.newBatch()) {
            assertThatThrownBy(() -> store.append(batch, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> store.tryAppend(batch, Durability.DURABLE))
                    .isInstanceOf(StoreException.Invalid.class);
            batch.put(SPACE, 1, 1, Bytes.of("x"));
            store.append(batch, Durability.WRITTEN).await();
        }
        assertThat(subject().texts(1)).containsExactly("x");
    }

    @Test
    default void aClosedBatchIsRefused() {
        StreamStore store = subject().store();
        WriteBatch batch = store.newBatch();
        batch.put(SPACE, 1, 1, Bytes.of("x"));
        batch.close();
        batch.close();
        assertThatThrownBy(() -> batch.put(SPACE, 1, 2, Bytes.of("y")))
                .isInstanceOf(StoreException.Closed.class);
        assertThatThrownBy(() -> batch.trim(SPACE, 1, 2)).isInstanceOf(StoreException.Closed.class);
        assertThatThrownBy(() -> batch.attribute(SPACE, 1, 2, Bytes.of("y")))
                .isInstanceOf(StoreException.Closed.class);
        assertThatThrownBy(batch::clear).isInstanceOf(StoreException.Closed.class);
        assertThatThrownBy(() -> store.append(batch, Durability.WRITTEN))
                .isInstanceOf(StoreException.Closed.class);
        assertThatThrownBy(() -> store.tryAppend(batch, Durability.WRITTEN))
                .isInstanceOf(StoreException.Closed.class);
        assertThat(subject().texts(1)).isEmpty();
    }

    @Test
    default void aBatchOfAnotherStoreIsRefused() {
        StreamStore store = subject().store();
        try (StreamStore other = open(directory().resolveSibling("another store"));
                WriteBatch batch = other.newBatch()) {
            batch.put(SPACE, 1, 1, Bytes.of("x"));
            assertThatThrownBy(() -> store.append(batch, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Invalid.class);
            assertThatThrownBy(() -> store.tryAppend(batch, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Invalid.class);
            other.append(batch, Durability.WRITTEN).await();
        }
        assertThat(subject().texts(1)).isEmpty();
        subject().put(1, 1, "writes go on");
    }

    @Test
    default void aBatchThatDependsOnACommitOfAnotherStoreIsRefused() {
        StreamStore store = subject().store();
        try (StreamStore other = open(directory().resolveSibling("another store"));
                WriteBatch foreign = other.newBatch();
                WriteBatch batch = store.newBatch()) {
            foreign.put(SPACE, 1, 1, Bytes.of("x"));
            Commit commit = other.append(foreign, Durability.WRITTEN);
            batch.put(SPACE, 1, 1, Bytes.of("x"));
            batch.onlyAfter(commit);
            assertThatThrownBy(() -> store.append(batch, Durability.WRITTEN))
                    .isInstanceOf(StoreException.Invalid.class);
            commit.await();
            assertThatThrownBy(() -> store.tryAppend(batch, Durability.WRITTEN))
                    .as("nor where that one is done")
                    .isInstanceOf(StoreException.Invalid.class);
            assertThat(subject().texts(1)).isEmpty();
            batch.onlyAfter(subject().write(first -> first.put(SPACE, 1, 0, Bytes.of("first"))));
            store.append(batch, Durability.WRITTEN).await();
        }
        assertThat(subject().texts(1)).containsExactly("first", "x");
    }
}
