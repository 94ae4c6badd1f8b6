package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.TestMemory;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pool that is closed while an operation is in the native library. */
final class NativeCloseTest {

    private static final int BUDGET_BYTES = 4 << 20;

    private final Memory memory = TestMemory.unattended(BUDGET_BYTES);
    private final Account account = memory.budget().account(FakeLibrary.NAME);
    private final FakeLibrary library = new FakeLibrary(account, 0);
    private final FaultyLibrary faulty = new FaultyLibrary(library);
    private final StallingLibrary stalling = new StallingLibrary(faulty);
    private final AtomicReference<Throwable> thrown = new AtomicReference<>();

    @AfterEach
    void everythingWasGivenBack() {
        assertThat(library.liveBytes()).isZero();
        assertThat(account.usedBytes()).isZero();
        assertThat(memory.upkeepFailures().first()).isNull();
        memory.close();
    }

    /** Its cells are the library's again once close returns, and whoever writes to one must not. */
    @ParameterizedTest
    @ValueSource(strings = {"allocate", "free", "resize", "trim", "upkeep", "reclaimer"})
    void closeOfACheckedPoolWaitsForWhatIsUnderWay(String operation) {
        CellPool pool = open(true);
        long handle = pool.allocate(100);
        long retired = pool.allocate(100);
        pool.retire(retired);
        boolean isOver = closeInTheMiddleOf(pool, () -> run(pool, operation, handle));
        assertThat(isOver).isFalse();
        assertThat(thrown.get()).isNull();
    }

    /** Others are short of memory, or it is time for upkeep: no failure of theirs or the pool's. */
    @ParameterizedTest
    @ValueSource(strings = {"upkeep", "reclaimer"})
    void reclaimThatMeetsTheCloseEndsQuietly(String operation) {
        for (boolean isChecked : new boolean[] {false, true}) {
            StallingLibrary other = new StallingLibrary(library);
            CellPool pool = open(other, isChecked);
            for (int i = 0; i < 3; i++) {
                pool.retire(pool.allocate(100));
            }
            other.closeInTheMiddleOf(() -> run(pool, operation, 0), pool::close);
            assertThat(memory.upkeepFailures().first()).isNull();
        }
    }

    @Test
    void resizeThatIsRefusedAfterTheCloseGivesTheOldCellBack() {
        CellPool pool = open(false);
        long handle = pool.allocate(100);
        library.refuse(2);
        closeInTheMiddleOf(pool, () -> pool.resize(handle, 1_000));
        assertThat(thrown.get())
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void freeThatFailsAfterTheCloseIsTriedAgain() {
        CellPool pool = open(false);
        long handle = pool.allocate(100);
        faulty.failAt(1, new OutOfMemoryError("injected"));
        closeInTheMiddleOf(pool, () -> pool.free(handle));
        assertThat(thrown.get()).isInstanceOf(OutOfMemoryError.class);
    }

    private boolean closeInTheMiddleOf(CellPool pool, Runnable operation) {
        return stalling.closeInTheMiddleOf(
                () -> {
                    try {
                        operation.run();
                    } catch (Throwable failure) {
                        thrown.set(failure);
                    }
                },
                pool::close);
    }

    private void run(CellPool pool, String operation, long handle) {
        switch (operation) {
            case "allocate" -> pool.allocate(200);
            case "free" -> pool.free(handle);
            case "resize" -> pool.resize(handle, 1_000);
            case "trim" -> pool.trim();
            case "upkeep" -> TestMemory.runUpkeep(memory);
            case "reclaimer" -> memory.budget().account("other").tryReserve(BUDGET_BYTES);
            default -> throw new AssertionError(operation);
        }
        memory.budget().account("other").release(memory.budget().account("other").usedBytes());
    }

    private CellPool open(boolean isChecked) {
        return open(stalling, isChecked);
    }

    private CellPool open(NativeAllocator allocator, boolean isChecked) {
        PoolOptions options = PoolOptions.defaults().withShards(2).withChecked(isChecked);
        return NativePool.open(memory, options, allocator);
    }
}
