package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.lsm.format.FileNames;
import cordwood.store.Durability;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.testkit.Bytes;
import cordwood.testkit.StoreUnderTest;
import cordwood.testkit.disk.CrashingDisk;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A log of several segments, left by a killed process: what was synced is missed wherever it is
 * missing, and what was not ends at the first gap.
 */
final class LogChainTest {

    private static final Path STORE = Path.of("/disk/store").toAbsolutePath();
    private static final int VALUE_BYTES = 10_000;
    private static final int DURABLE = 30;
    private static final int WRITTEN = 3;

    private CrashingDisk disk = new CrashingDisk(1);

    private StoreUnderTest open() {
        StoreOptions options =
                Fixtures.options(
                        STORE,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        "1MiB",
                        "wal-segment-size",
                        "64KiB");
        return new StoreUnderTest(() -> LsmStore.open(options, LsmEnvironment.on(disk)));
    }

    private static void put(StoreUnderTest store, Durability level, long position) {
        store.write(
                level,
                batch ->
                        batch.put(
                                StoreUnderTest.SPACE,
                                1,
                                position,
                                Bytes.random(position, VALUE_BYTES)));
    }

    /** Leaves what a kill would, with the last batches not synced. */
    private void killed() {
        try (StoreUnderTest store = open()) {
            for (int i = 0; i < DURABLE; i++) {
                put(store, Durability.DURABLE, i);
            }
            for (int i = 0; i < WRITTEN; i++) {
                put(store, Durability.WRITTEN, DURABLE + i);
            }
            disk = disk.crash(1, 100);
        }
    }

    /** The segments with batches, in order. */
    private List<Path> segments() {
        List<Path> segments = new ArrayList<>();
        for (Path segment : Damage.files(disk, STORE, ".wal")) {
            if (!frames(segment).isEmpty()) {
                segments.add(segment);
            }
        }
        return segments;
    }

    private List<Integer> frames(Path segment) {
        return new LogBytes(ByteBuffer.wrap(Damage.read(disk, segment)), 0).frames();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(0, last).boxed().toList();
    }

    private void requireRefused(Path... damaged) {
        var before = Damage.image(disk, STORE);
        assertThatThrownBy(() -> open().store())
                .isInstanceOfSatisfying(
                        StoreException.Corrupt.class,
                        refusal -> assertThat(refusal.file()).isIn((Object[]) damaged));
        assertThat(Damage.image(disk, STORE)).isEqualTo(before);
    }

    /** And what is written from then on stays. */
    private void requireExactly(long last) {
        try (StoreUnderTest store = open()) {
            assertThat(store.positions(1)).isEqualTo(upTo(last));
            put(store, Durability.DURABLE, last + 1);
        }
        try (StoreUnderTest store = open()) {
            assertThat(store.positions(1)).isEqualTo(upTo(last + 1));
        }
    }

    @Test
    void anUndamagedChainShowsEverything() {
        killed();
        assertThat(segments()).hasSizeGreaterThan(4);
        requireExactly(DURABLE + WRITTEN - 1);
    }

    @Test
    void eachMissingSegmentIsRefused() {
        killed();
        CrashingDisk whole = disk;
        for (Path segment : segments()) {
            disk = whole.crash(1, 100);
            disk.delete(segment);
            requireRefused(segment);
        }
    }

    @Test
    void eachSegmentThatWasCutShortIsRefusedBeforeTheLast() {
        killed();
        CrashingDisk whole = disk;
        for (Path segment : segments().subList(0, segments().size() - 1)) {
            disk = whole.crash(1, 100);
            Damage.truncate(disk, segment, frames(segment).getLast());
            requireRefused(segment);
        }
    }

    @Test
    void damageAtTheEndOfASegmentBeforeTheLastIsRefused() {
        killed();
        Path segment = segments().get(1);
        Damage.flip(disk, segment, 8L * (frames(segment).getLast() + 100));
        requireRefused(segment);
    }

    @Test
    void swappedSegmentsAreRefused() {
        killed();
        Path one = segments().get(1);
        Path other = segments().get(2);
        Damage.swap(disk, one, other);
        requireRefused(one, other);
    }

    @Test
    void aSegmentInThePlaceOfAnotherIsRefused() {
        killed();
        Path one = segments().get(1);
        Path other = segments().get(2);
        disk.delete(other);
        Damage.copy(disk, one, other);
        requireRefused(other, one);
    }

    @Test
    void aFrameInThePlaceOfAnotherIsRefused() {
        killed();
        Path segment = segments().get(1);
        List<Integer> frames = frames(segment);
        byte[] bytes = Damage.read(disk, segment);
        byte[] first = Arrays.copyOfRange(bytes, frames.get(0), frames.get(1));
        Damage.overwrite(disk, segment, frames.get(1), first);
        requireRefused(segment);
    }

    @Test
    void intactBatchesBehindATornOneGoWithIt() {
        killed();
        Path last = segments().getLast();
        List<Integer> frames = frames(last);
        assertThat(frames).hasSizeGreaterThanOrEqualTo(WRITTEN);
        int torn = frames.get(frames.size() - WRITTEN);
        Damage.overwrite(disk, last, torn + 1_000, new byte[512]);

        requireExactly(DURABLE - 1);
    }

    @Test
    void aTailOfZerosIsDropped() {
        killed();
        Path last = segments().getLast();
        int from = frames(last).getLast();
        int size = Damage.read(disk, last).length;
        Damage.overwrite(disk, last, from, new byte[size - from]);

        requireExactly(DURABLE + WRITTEN - 2);
    }

    @Test
    void aTailThatWasNeverWrittenIsDropped() {
        killed();
        Path last = segments().getLast();
        int from = frames(last).getLast() + 500;
        int whole = Damage.read(disk, last).length;
        Damage.overwrite(disk, last, from, new byte[whole - from]);

        requireExactly(DURABLE + WRITTEN - 2);
    }

    @Test
    void noiseBehindTheTailIsNoBatch() {
        killed();
        Path last = segments().getLast();
        byte[] bytes = Damage.read(disk, last);
        int end = bytes.length;
        while (bytes[end - 1] == 0) {
            end--;
        }
        assertThat(end).isLessThan(bytes.length - 4096);
        Damage.overwrite(disk, last, end + 8 & ~7, Bytes.array(Bytes.random(5, 4_000)));

        requireExactly(DURABLE + WRITTEN - 1);
    }

    @Test
    void batchesOfAnEarlierUseOfASegmentAreNoneOfThisOne() {
        int flushed = 20 * 6;
        try (StoreUnderTest store = open()) {
            for (int i = 0; i < flushed; i++) {
                put(store, Durability.DURABLE, i);
                if (i % 6 == 5) {
                    ((LsmStore) store.store()).flush();
                }
            }
            put(store, Durability.DURABLE, flushed);
            disk = disk.crash(1, 100);
        }
        assertThat(segments().stream().mapToLong(this::staleFrames).sum()).isPositive();

        requireExactly(flushed);
    }

    /** Intact frames that carry another number than their file. */
    private long staleFrames(Path segment) {
        ByteBuffer bytes = ByteBuffer.wrap(Damage.read(disk, segment));
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        return frames(segment).stream()
                .filter(at -> bytes.getLong(at + 16) != FileNames.number(segment))
                .count();
    }
}
