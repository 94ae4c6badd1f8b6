package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.SmallDisk;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DiskRoomTest {

    private static final Path DIRECTORY = Path.of("/disk").toAbsolutePath();
    private static final long MIB = 1 << 20;

    private final CrashingDisk under = new CrashingDisk(1);
    private final SmallDisk disk = new SmallDisk(under, 40 * MIB);
    private long memtableBytes;
    private long logAheadBytes;
    private long nowNanos;
    private int asked;

    @BeforeEach
    void createDirectory() {
        under.createDirectories(DIRECTORY);
    }

    private DiskRoom room() {
        Reserve reserve = new Reserve(disk, DIRECTORY, 4 * MIB);
        reserve.make();
        return new DiskRoom(
                disk,
                DIRECTORY,
                DIRECTORY,
                logAheadBytes,
                reserve,
                this::flushBytes,
                () -> nowNanos);
    }

    private long flushBytes() {
        asked++;
        return memtableBytes;
    }

    @Test
    void whatTheMemtablesWillNeedIsNotGivenAway() {
        DiskRoom room = room();
        memtableBytes = 20 * MIB;
        assertThat(room.tryTake(4 * MIB)).isTrue();
        memtableBytes = 24 * MIB;
        assertThat(room.tryTake(4 * MIB)).isFalse();
        memtableBytes = 40 * MIB;
        nowNanos += TimeUnit.SECONDS.toNanos(1);
        assertThat(room.tryTake(1)).isFalse();
        assertThat(room.leftBytes()).isNegative();
        assertThat(room.isTooFullToFlush()).isTrue();
        assertThat(room.isFull()).isFalse();
    }

    @Test
    void logAfterTheFlushDoesNotTakeItsRoom() {
        logAheadBytes = 4 * MIB;
        DiskRoom room = room();
        memtableBytes = 20 * MIB;
        assertThat(room.tryTake(2 * MIB)).isTrue();
        memtableBytes = 24 * MIB;
        assertThat(room.tryTake(2 * MIB)).isFalse();
        assertThat(room.isTooFullToFlush()).isFalse();
    }

    @Test
    void roomIsShortForWhoWasRefusedUntilAsMuchIsServed() {
        DiskRoom room = room();
        memtableBytes = 20 * MIB;
        assertThat(room.tryTake(6 * MIB)).isFalse();
        assertThat(room.leftBytes()).isPositive();
        assertThat(room.tryTake(1)).isTrue();
        assertThat(room.isWanted()).isTrue();
        assertThat(room.isShort()).isTrue();
        memtableBytes = 0;
        assertThat(room.isShort()).isFalse();
        nowNanos += TimeUnit.SECONDS.toNanos(1);
        assertThat(room.tryTake(6 * MIB)).isTrue();
        assertThat(room.isWanted()).isFalse();
    }

    @Test
    void roomThatComesIsFoundSoon() {
        DiskRoom room = room();
        memtableBytes = 40 * MIB;
        assertThat(room.tryTake(1)).isFalse();
        memtableBytes = 0;
        nowNanos += TimeUnit.MILLISECONDS.toNanos(10);
        assertThat(room.tryTake(1)).isTrue();
    }

    @Test
    void diskIsNotAskedForEveryGroup() {
        DiskRoom room = room();
        for (int group = 0; group < 1_000; group++) {
            assertThat(room.tryTake(1_000)).isTrue();
            nowNanos += TimeUnit.MILLISECONDS.toNanos(1);
        }
        assertThat(asked).isBetween(5, 250);
    }
}
