package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import cordwood.memory.Memory;
import cordwood.memory.TestMemory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is found without checked mode: every use of a handle that is not alive. */
final class MisuseTest {

    private final Memory memory = TestMemory.unattended(16 << 20);
    private final SmallPool pool = SmallPool.open(memory, PoolOptions.defaults().withShards(2));

    @AfterEach
    void close() {
        pool.close();
        memory.close();
    }

    @Test
    void sizeZeroIsRefusedAndFreeOfZeroDoesNothing() {
        assertThatThrownBy(() -> pool.allocate(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pool.allocate(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pool.allocate(8, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pool.allocate(8, 8192))
                .isInstanceOf(IllegalArgumentException.class);
        pool.free(0);
        pool.retire(0);
        try (LocalPool local = pool.local()) {
            local.free(0);
            assertThatThrownBy(() -> local.allocate(0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(PoolStats.sum(pool.stats().freeSizes())).isZero();
    }

    @Test
    void everyUseOfAFreedHandleThrows() {
        for (int bytes : new int[] {16, 200, 5_000, 2 << 20}) {
            long handle = pool.allocate(bytes);
            pool.free(handle);
            long other = pool.allocate(bytes);
            assertBad(BadHandle.Kind.STALE, () -> pool.free(handle));
            assertBad(BadHandle.Kind.STALE, () -> pool.view(handle));
            assertBad(BadHandle.Kind.STALE, () -> pool.cellBytes(handle));
            assertBad(BadHandle.Kind.STALE, () -> pool.resize(handle, 10));
            assertBad(BadHandle.Kind.STALE, () -> pool.retire(handle));
            OtherThread.run(() -> assertBad(BadHandle.Kind.STALE, () -> pool.free(handle)));
            pool.free(other);
        }
        assertThat(pool.stats().inUse()).isZero();
    }

    @Test
    void remoteFreeEndsTheHandleAtOnce() {
        long handle = pool.allocate(16);
        OtherThread.run(() -> pool.free(handle));
        assertBad(BadHandle.Kind.STALE, () -> pool.view(handle));
        assertBad(BadHandle.Kind.STALE, () -> pool.free(handle));
        OtherThread.run(() -> assertBad(BadHandle.Kind.STALE, () -> pool.free(handle)));
    }

    @Test
    void handleOfAnotherPoolIsRefused() {
        SmallPool other = SmallPool.open(memory, PoolOptions.defaults());
        long handle = other.allocate(16);
        pool.allocate(16);
        assertBad(BadHandle.Kind.FOREIGN, () -> pool.free(handle));
        assertBad(BadHandle.Kind.FOREIGN, () -> pool.view(handle));
        assertBad(BadHandle.Kind.FOREIGN, () -> pool.resize(handle, 99));
        other.free(handle);
        other.close();
    }

    @Test
    void handleThatWasNeverIssuedIsRefused() {
        long handle = pool.allocate(256);
        assertBad(BadHandle.Kind.STALE, () -> pool.view(handle + 1));
        assertBad(BadHandle.Kind.STALE, () -> pool.view(handle | (4095L << 26)));
        assertBad(BadHandle.Kind.STALE, () -> pool.view(handle + (1L << 38)));
        assertBad(BadHandle.Kind.FOREIGN, () -> pool.view(handle ^ (1L << 57)));
        assertBad(BadHandle.Kind.FOREIGN, () -> pool.free(~handle));
    }

    @Test
    void useAfterCloseThrows() {
        long handle = pool.allocate(16);
        LocalPool local = pool.local();
        long another = local.allocate(16);
        local.close();
        local.close();
        assertClosed(() -> local.allocate(16));
        assertClosed(() -> local.free(another));
        pool.close();
        assertClosed(() -> pool.free(handle));
        assertClosed(() -> pool.view(handle));
        assertClosed(() -> pool.allocate(16));
        assertClosed(() -> pool.allocate(9_000));
        assertClosed(() -> pool.allocate(3 << 20));
        assertClosed(() -> pool.retire(handle));
        assertClosed(() -> pool.resize(handle, 17));
        assertClosed(pool::local);
        assertClosed(() -> pool.allocate(0));
        assertClosed(() -> pool.free(0));
        assertClosed(() -> pool.retire(0));
        assertClosed(pool::trim);
        assertClosed(pool::stats);
        pool.close();
        assertThat(memory.budget().account("small_pool").usedBytes()).isZero();
    }

    @Test
    void localPoolOfAnotherThreadIsRefused() {
        try (LocalPool local = pool.local()) {
            long handle = local.allocate(16);
            OtherThread.run(() -> {
                assertThatThrownBy(() -> local.allocate(16))
                        .isInstanceOf(WrongThreadException.class);
                assertThatThrownBy(() -> local.free(handle))
                        .isInstanceOf(WrongThreadException.class);
                assertThatThrownBy(local::close).isInstanceOf(WrongThreadException.class);
            });
            local.free(handle);
        }
    }

    /**
     * One cell over and over, until its generations end: it goes out of use, its handles never
     * repeat.
     */
    @Test
    void usedUpCellIsNeverAllocatedAgain() {
        try (LocalPool local = pool.local()) {
            long first = local.allocate(256);
            int cell = Handle.cell(first);
            long last = first;
            long handle = first;
            while (Handle.cell(handle) == cell) {
                last = handle;
                local.free(handle);
                handle = local.allocate(256);
            }
            assertThat(Handle.generation(last) - Handle.generation(first))
                    .isEqualTo(CellState.DELTA_END - 2);
            long stale = last;
            assertBad(BadHandle.Kind.STALE, () -> local.view(stale));
            assertBad(BadHandle.Kind.STALE, () -> local.view(first));
            local.free(handle);
        }
        assertThat(pool.stats().inUse()).isZero();
    }

    private static void assertBad(BadHandle.Kind kind, ThrowingCallable use) {
        assertThatThrownBy(use)
                .asInstanceOf(type(BadHandle.class))
                .extracting(BadHandle::kind)
                .isEqualTo(kind);
    }

    private static void assertClosed(ThrowingCallable use) {
        assertThatThrownBy(use)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
