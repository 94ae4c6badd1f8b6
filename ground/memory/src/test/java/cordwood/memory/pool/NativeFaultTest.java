package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.TestMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors that come out of the calls of a native pool, checked or not. */
@Tag("trial")
final class NativeFaultTest {

    private static final int BUDGET_BYTES = 4 << 20;

    private static final int CLOSES = TestSeed.LONG ? 1_000 : 50;

    private final Memory memory = TestMemory.unattended(BUDGET_BYTES);
    private final Account account = memory.budget().account(FakeLibrary.NAME);

    @AfterEach
    void close() {
        assertThat(account.usedBytes()).isZero();
        memory.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void errorAtAnyCallOfTheLibraryLosesNothing(boolean isChecked) {
        boolean hasFailed = true;
        for (int n = 1; hasFailed; n++) {
            FakeLibrary library = new FakeLibrary(account, 0);
            FaultyLibrary faulty = new FaultyLibrary(library);
            CellPool pool = open(faulty, isChecked);
            Handles handles = new Handles();
            faulty.failAt(n, new OutOfMemoryError("injected at " + n));
            try {
                use(pool, handles);
            } catch (OutOfMemoryError injected) {
                assertThat(injected).hasMessage("injected at " + n);
            }
            hasFailed = faulty.hasFailed();
            faulty.failAt(Long.MAX_VALUE, new OutOfMemoryError());
            assertNothingLost(pool, library, handles, "call " + n);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stackOverflowAtAnyDepthLosesNothing(boolean isChecked) {
        FakeLibrary library = new FakeLibrary(account, 0);
        CellPool pool = open(library, isChecked);
        Handles handles = new Handles();
        for (int i = 0; i < 200; i++) {
            use(pool, handles);
        }
        AtomicInteger overflows = new AtomicInteger();
        Thread edge =
                new Thread(
                        null,
                        () -> useOnTheWayUp(pool, handles, overflows, 1 << 20),
                        "edge",
                        512 << 10);
        edge.start();
        try {
            edge.join();
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
        assertThat(overflows).hasPositiveValue();
        assertNothingLost(pool, library, handles, "stack");
    }

    /** Goes down until nothing more fits, and uses the pool at every step back. */
    private static boolean useOnTheWayUp(
            CellPool pool, Handles handles, AtomicInteger overflows, int depth) {
        boolean isRoomy;
        try {
            isRoomy = depth == 0 || useOnTheWayUp(pool, handles, overflows, depth - 1);
        } catch (StackOverflowError bottom) {
            isRoomy = false;
        }
        if (isRoomy) {
            return true;
        }
        try {
            use(pool, handles);
            return true;
        } catch (StackOverflowError expected) {
            overflows.incrementAndGet();
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closeBesideRunningOperationsGivesEverythingBackOnce(boolean isChecked)
            throws InterruptedException {
        for (int round = 0; round < CLOSES; round++) {
            FakeLibrary library = new FakeLibrary(account, 0);
            CellPool pool = open(library, isChecked);
            AtomicBoolean unexpected = new AtomicBoolean();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                threads.add(Thread.ofPlatform().start(() -> useUntilClosed(pool, unexpected)));
            }
            Thread.sleep(round % 5);
            pool.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(unexpected).isFalse();
            assertThat(library.liveBytes()).isZero();
            assertThat(account.usedBytes()).isZero();
            assertThatThrownBy(() -> pool.allocate(8)).hasMessageContaining("closed");
        }
    }

    private static void useUntilClosed(CellPool pool, AtomicBoolean unexpected) {
        try {
            while (true) {
                pool.free(pool.resize(pool.allocate(100), 3_000));
                pool.retire(pool.allocate(20_000));
            }
        } catch (IllegalStateException closed) {
            unexpected.compareAndSet(false, closed instanceof BadHandle);
        } catch (Throwable failure) {
            failure.printStackTrace();
            unexpected.set(true);
        }
    }

    /** Handles of cells that may be alive; noting one cannot fail. */
    private static final class Handles {
        final long[] all = new long[1 << 20];
        int count;
    }

    /** What it has of the pool when it throws is in {@code handles}, perhaps freed already. */
    private static void use(CellPool pool, Handles handles) {
        int first = handles.count;
        handles.count = first + 2;
        handles.all[first] = pool.allocate(100);
        handles.all[first + 1] = pool.allocate(70_000);
        handles.all[first] = pool.resize(handles.all[first], 5_000);
        pool.retire(handles.all[first + 1]);
        pool.free(handles.all[first]);
        pool.trim();
        handles.count = first;
    }

    private void assertNothingLost(
            CellPool pool, FakeLibrary library, Handles handles, String where) {
        for (int i = 0; i < handles.count; i++) {
            try {
                pool.free(handles.all[i]);
            } catch (BadHandle isFreed) {
                // So it was not lost.
            }
        }
        for (int i = 0; i < 5; i++) {
            pool.trim();
        }
        assertThat(pool.leaks()).as(where).isEmpty();
        assertThat(pool.stats().inUse()).as(where).isZero();
        assertThat(library.liveBytes()).as(where).isZero();
        assertThat(account.usedBytes()).as(where).isZero();
        assertThat(pool.stats().memory().poolBytes()).as(where).isZero();
        pool.close();
        assertThat(account.usedBytes()).as(where).isZero();
    }

    private CellPool open(NativeAllocator library, boolean isChecked) {
        PoolOptions options = PoolOptions.defaults().withShards(2).withChecked(isChecked);
        return NativePool.open(memory, options, library);
    }
}
