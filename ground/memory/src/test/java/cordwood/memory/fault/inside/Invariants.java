package cordwood.memory.fault.inside;

import cordwood.memory.Account;
import cordwood.memory.ChunkRefused;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Region;
import cordwood.memory.fault.Fault;
import cordwood.memory.fault.FaultThread;
import cordwood.memory.pool.BadHandle;
import cordwood.memory.pool.LocalPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What must hold of a stand after an operation, however that ended; each step bounded. */
final class Invariants {

    private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int[] SIZES = {16, 256, 2048, 100_000};

    private final Stand stand;
    private final String name;
    private final long patienceNanos;
    private boolean poolClosed;
    private boolean memoryClosed;

    Invariants(Stand stand, String name, long patienceNanos) {
        this.stand = stand;
        this.name = name;
        this.patienceNanos = patienceNanos;
    }

    /** The operation was one that closes. */
    void closing(Operation operation) {
        memoryClosed = operation.closesMemory();
        poolClosed = operation.closesPool();
    }

    void check() throws InterruptedException {
        if (!poolClosed) {
            bounded("use by another thread", this::use);
        }
        if (!memoryClosed) {
            bounded("giving everything back", this::giveBack);
        }
        bounded("close of the pool", stand.pool::close);
        if (!memoryClosed) {
            bounded("having all of the budget", this::haveAll);
        }
        bounded("close", stand.memory::close);
        bounded(
                "figures after close",
                () -> {
                    exact();
                    require(stand.memory.budget().usedBytes() == 0, "bytes used after close");
                    require(stand.memory.chunks().nativeBytes() == 0, "native bytes after close");
                });
    }

    /** Nothing stays claimed: a refusal is an answer too, while the test holds the memory. */
    void use() {
        for (int bytes : SIZES) {
            try {
                stand.pool.free(stand.pool.allocate(bytes));
            } catch (MemoryRefused full) {
                stand.pool.trim();
            }
        }
        try (LocalPool local = stand.pool.local()) {
            local.free(local.allocate(64));
        } catch (MemoryRefused full) {
            stand.pool.trim();
        }
        useRegion();
        stand.pool.stats();
    }

    private void useRegion() {
        Region region;
        try {
            region = stand.memory.chunks().tryRegion(stand.regionsAccount, 1);
        } catch (ChunkRefused refused) {
            throw new AssertionError("no chunk is made", refused);
        }
        if (region != null) {
            region.close();
        }
    }

    private void giveBack() {
        require(
                stand.directBytes < 0 || stand.direct.usedBytes() == stand.directBytes,
                "a reservation stayed");
        if (!stand.checked) {
            exact();
        }
        for (int i = 0; i < stand.ticketCount(); i++) {
            try {
                stand.memory.epochs().leave(stand.ticket(i));
            } catch (IllegalStateException _) {
                // Left already.
            }
        }
        for (int i = 0; i < stand.handleCount() && !poolClosed; i++) {
            try {
                stand.pool.free(stand.handle(i));
            } catch (BadHandle _) {
                // Freed already.
            }
        }
        stand.regions.forEach(Region::close);
        stand.arena.close();
        stand.direct.release(stand.direct.usedBytes());
        if (poolClosed) {
            stand.pool.close();
        }
        await(
                "pins left: " + stand.memory.epochs().pinned(),
                () -> stand.memory.epochs().pinned() == 0);
        await("cells or slabs kept", () -> poolAccount().usedBytes() == 0 || trimmed());
        await(
                "regions open: " + stand.memory.chunks().openRegions(),
                () -> stand.memory.chunks().openRegions() == 0);
        await("actions lost", () -> stand.actionsRun.get() >= stand.actionsRetired);
        require(poolClosed || stand.pool.stats().inUse() == 0, "cells counted in use");
        exact();
    }

    private boolean trimmed() {
        if (!poolClosed) {
            stand.pool.trim();
        }
        return poolAccount().usedBytes() == 0;
    }

    private Account poolAccount() {
        return stand.memory.budget().account("small_pool");
    }

    private void haveAll() {
        long capBytes = stand.memory.budget().capBytes();
        await("some of the budget cannot be had", () -> stand.direct.tryReserve(capBytes));
        stand.direct.release(capBytes);
        try {
            stand.memory.chunks().region(stand.regionsAccount, 1).close();
        } catch (MemoryRefused refused) {
            throw new AssertionError("no chunk is made", refused);
        }
    }

    /**
     * The sum of the accounts is what is used, and that is the native bytes and the direct ones.
     */
    private void exact() {
        await(
                "accounts are not exact",
                () -> {
                    long usedBytes = stand.memory.budget().usedBytes();
                    long sumBytes =
                            stand.memory.budget().accounts().stream()
                                    .mapToLong(Account::usedBytes)
                                    .sum();
                    long nativeBytes =
                            stand.memory.chunks().nativeBytes() + stand.direct.usedBytes();
                    return usedBytes == sumBytes && usedBytes == nativeBytes;
                });
    }

    private void await(String wrong, BooleanSupplier holds) {
        long deadlineNanos = System.nanoTime() + patienceNanos;
        long pauseNanos = 100_000;
        while (!holds.getAsBoolean()) {
            require(System.nanoTime() < deadlineNanos, wrong);
            LockSupport.parkNanos(pauseNanos);
            pauseNanos = Math.min(pauseNanos * 2, PAUSE_NANOS_MAX);
        }
    }

    private void require(boolean holds, String wrong) {
        if (!holds) {
            throw new AssertionError(wrong + ": " + stand.memory.budget().accounts());
        }
    }

    private void bounded(String what, Runnable step) throws InterruptedException {
        FaultThread.run(
                name + ": " + what,
                Fault.none(),
                patienceNanos + patienceNanos / 4,
                () -> {
                    step.run();
                    return true;
                });
    }
}
