package cordwood.lsm.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.files.FileFailure;
import cordwood.lsm.format.DiskBudget;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What does not fit is not written again and again. */
final class DiskRoomTest {

    private static final long WRITTEN_BYTES = 8_000;

    private long freeBytes = 1_000;
    private int tries;
    private final DiskRoom room = new DiskRoom(DiskBudget.unlimited(), () -> freeBytes, null);

    private void failFor(FileFailure.Kind kind) {
        assertThatThrownBy(() ->
                        room.tryBeyond(
                                WRITTEN_BYTES,
                                () -> {
                                    tries++;
                                    throw new FileFailure(
                                            kind, "write", Path.of("table"), 0, "no room", null);
                                }))
                .isInstanceOfSatisfying(
                        FileFailure.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void whatFoundNoRoomIsTriedAgainOnceMuchMoreIsFree() {
        failFor(FileFailure.Kind.NO_SPACE);
        failFor(FileFailure.Kind.NO_SPACE);
        freeBytes += WRITTEN_BYTES / 8 - 1;
        failFor(FileFailure.Kind.NO_SPACE);
        assertThat(tries).isEqualTo(1);

        freeBytes++;
        failFor(FileFailure.Kind.NO_SPACE);
        assertThat(tries).isEqualTo(2);
    }

    @Test
    void whatFailedForAnotherReasonIsTriedAgainAtOnce() {
        failFor(FileFailure.Kind.TOO_MANY_OPEN);
        failFor(FileFailure.Kind.TOO_MANY_OPEN);
        assertThat(tries).isEqualTo(2);
    }

    @Test
    void aSuccessForgetsTheRefusal() {
        failFor(FileFailure.Kind.NO_SPACE);
        freeBytes += WRITTEN_BYTES;
        room.tryBeyond(WRITTEN_BYTES, () -> tries++);
        freeBytes = 1_000;
        failFor(FileFailure.Kind.NO_SPACE);
        assertThat(tries).isEqualTo(3);
    }
}
