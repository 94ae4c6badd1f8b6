package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.DiskFile;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.SmallDisk;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReserveTest {

    private static final Path DIRECTORY = Path.of("/disk").toAbsolutePath();
    private static final long MIB = 1 << 20;

    private final CrashingDisk under = new CrashingDisk(1);

    @BeforeEach
    void createDirectory() {
        under.createDirectories(DIRECTORY);
    }

    private Reserve reserve(long diskBytes) {
        return new Reserve(new SmallDisk(under, diskBytes), DIRECTORY, 4 * MIB);
    }

    @Test
    void keepsTwoTablesOrAShareOfASmallDisk() {
        Reserve ordinary = reserve(100 * MIB);
        ordinary.make();
        assertThat(ordinary.sizeBytes()).isEqualTo(8 * MIB);
        ordinary.giveUp();
        assertThat(ordinary.missingBytes()).isEqualTo(8 * MIB);
        Reserve small = reserve(4 * MIB);
        small.make();
        assertThat(small.missingBytes()).isZero();
        assertThat(small.sizeBytes()).isBetween(MIB / 2, MIB);
    }

    @Test
    void isFoundAgainAndMadeAgainWhereSomebodyDeletedIt() {
        Reserve first = reserve(100 * MIB);
        first.make();
        Reserve second = reserve(100 * MIB);
        assertThat(second.missingBytes()).isZero();
        under.delete(DIRECTORY.resolve(Reserve.NAME));
        second.giveUp();
        assertThat(second.missingBytes()).isPositive();
        second.make();
        under.delete(DIRECTORY.resolve(Reserve.NAME));
        second.make();
        assertThat(under.exists(DIRECTORY.resolve(Reserve.NAME))).isTrue();
    }

    @Test
    void isMadeAgainWhereSomebodyCutItOff() {
        Reserve reserve = reserve(100 * MIB);
        reserve.make();
        try (DiskFile cut = under.open(DIRECTORY.resolve(Reserve.NAME))) {
            cut.truncate(0);
        }
        reserve.make();
        try (DiskFile made = under.openReadOnly(DIRECTORY.resolve(Reserve.NAME))) {
            assertThat(made.sizeBytes()).isEqualTo(8 * MIB);
        }
    }

    @Test
    void isEnoughForRocksToResumeWithLargeWriteBuffers() {
        assertThat(Reserve.bytesMax(4 * MIB)).isEqualTo(8 * MIB);
        assertThat(Reserve.bytesMax(32 * MIB)).isEqualTo(64 * MIB);
        assertThat(Reserve.bytesMax(256 * MIB)).isEqualTo(288 * MIB);
    }

    @Test
    void nothingIsKeptWhereThereIsNoRoom() {
        Reserve none = reserve(MIB / 8);
        none.make();
        assertThat(none.missingBytes()).isPositive();
        assertThat(under.exists(DIRECTORY.resolve(Reserve.NAME))).isFalse();
    }
}
