package cordwood.memory.fault.inside;

import cordwood.memory.Region;
import cordwood.memory.pool.LocalPool;
import java.time.Duration;
import java.util.List;

/**
 * One thing that callers do.
 *
 * @param name what it is called
 * @param before what it needs
 * @param step the thing itself
 */
record Operation(String name, Step before, Step step) {

    /** What is done with a pool. */
    static final List<Operation> OF_POOL =
            List.of(
                    new Operation("allocate small", s -> {}, s -> s.allocate(3, 250)),
                    new Operation("allocate medium", s -> {}, s -> s.allocate(3, 2000)),
                    new Operation(
                            "allocate large", s -> {}, s -> s.keep(s.pool.allocate(1_200_000))),
                    new Operation(
                            "allocate aligned", s -> {}, s -> s.keep(s.pool.allocate(100, 4096))),
                    new Operation("free small", s -> s.allocate(1, 256), s -> s.pool.free(last(s))),
                    new Operation(
                            "free medium", s -> s.allocate(1, 2048), s -> s.pool.free(last(s))),
                    new Operation(
                            "free large", s -> s.allocate(1, 40_000), s -> s.pool.free(last(s))),
                    new Operation(
                            "free remote",
                            s -> s.elsewhere(() -> s.allocate(1, 256)),
                            s -> s.pool.free(last(s))),
                    new Operation(
                            "retire",
                            s -> s.allocate(2, 256),
                            s -> {
                                s.pool.retire(last(s));
                                s.pool.retire(s.handle(s.handleCount() - 2));
                            }),
                    new Operation(
                            "resize up",
                            s -> s.allocate(1, 24),
                            s -> s.keep(s.pool.resize(last(s), 250))),
                    new Operation(
                            "resize out",
                            s -> s.allocate(1, 256),
                            s -> s.keep(s.pool.resize(last(s), 3000))),
                    new Operation(
                            "resize down",
                            s -> s.allocate(1, 3000),
                            s -> s.keep(s.pool.resize(last(s), 100))),
                    new Operation(
                            "resize same",
                            s -> s.allocate(1, 256),
                            s -> s.keep(s.pool.resize(last(s), 240))),
                    new Operation(
                            "view",
                            s -> s.allocate(1, 256),
                            s -> {
                                s.pool.view(last(s)).fill((byte) 1);
                                s.pool.cellBytes(last(s));
                            }),
                    new Operation(
                            "local",
                            s -> {},
                            s -> {
                                LocalPool local = s.pool.local();
                                s.locals.add(local);
                                s.keep(local.allocate(256));
                                s.keep(local.allocate(16));
                                local.free(last(s));
                                local.close();
                            }),
                    new Operation(
                            "local left open",
                            s -> s.locals.add(s.pool.local()),
                            s -> {
                                LocalPool local = s.locals.getFirst();
                                s.keep(local.allocate(256));
                                s.keep(local.allocate(2000));
                                local.retire(last(s));
                                s.keep(local.resize(s.handle(s.handleCount() - 2), 16));
                                local.view(last(s));
                            }),
                    new Operation("trim", s -> {}, s -> s.pool.trim()),
                    new Operation("stats", s -> {}, s -> s.pool.stats()),
                    new Operation("leaks", s -> s.allocate(1, 16), s -> s.pool.leaks()),
                    new Operation("close", s -> s.allocate(1, 16), s -> s.pool.close()));

    /** What is done with the memory below. */
    static final List<Operation> OF_MEMORY =
            List.of(
                    new Operation(
                            "reserve",
                            s -> {},
                            s -> {
                                s.direct.reserve(1000);
                                s.directBytes += 1000;
                                if (s.direct.tryReserve(500)) {
                                    s.directBytes += 500;
                                }
                            }),
                    new Operation(
                            "reserve patiently",
                            s -> {},
                            s -> {
                                s.direct.reserve(1000, Duration.ofMillis(1));
                                s.directBytes += 1000;
                            }),
                    new Operation(
                            "release",
                            s -> s.direct.reserve(1000),
                            s -> {
                                s.directBytes = -1;
                                s.direct.release(1000);
                            }),
                    new Operation(
                            "accounts",
                            s -> {},
                            s -> {
                                s.memory.budget().account("new");
                                s.memory.budget().accounts();
                                s.direct.usedBytes();
                                s.direct.peakBytes();
                            }),
                    new Operation(
                            "region",
                            s -> {},
                            s -> s.keep(s.memory.chunks().region(s.regionsAccount, 70_000))),
                    new Operation(
                            "region patiently",
                            s -> {},
                            s ->
                                    s.keep(
                                            s.memory
                                                    .chunks()
                                                    .region(
                                                            s.regionsAccount,
                                                            1 << 20,
                                                            Duration.ofMillis(1)))),
                    new Operation(
                            "try region",
                            s -> {},
                            s -> s.keep(s.memory.chunks().tryRegion(s.regionsAccount, 3 << 20))),
                    new Operation(
                            "region close",
                            s -> s.keep(s.memory.chunks().tryRegion(s.regionsAccount, 64 << 10)),
                            s -> {
                                if (!s.regions.isEmpty()) {
                                    s.regions.getLast().close();
                                }
                            }),
                    new Operation(
                            "region shrink",
                            s -> s.keep(s.memory.chunks().tryRegion(s.regionsAccount, 64 << 10)),
                            s -> {
                                if (!s.regions.isEmpty()) {
                                    shrink(s.regions.getLast());
                                }
                            }),
                    new Operation(
                            "arena",
                            s -> s.arena.allocate(60_000, 8),
                            s -> {
                                s.arena.allocate(60_000, 8);
                                s.arena.allocate(100_000, 64);
                                s.arena.close();
                            }),
                    new Operation(
                            "pin",
                            s -> {},
                            s -> {
                                s.keepTicket(s.memory.epochs().enter());
                                s.memory.epochs().leave(s.ticket(s.ticketCount() - 1));
                            }),
                    new Operation(
                            "epoch retire",
                            s -> {},
                            s -> {
                                s.memory.epochs().retire(8, s.action);
                                s.actionsRetired++;
                            }),
                    new Operation(
                            "epoch reclaim",
                            s -> {},
                            s -> {
                                s.memory.epochs().advance();
                                s.memory.epochs().reclaim();
                            }),
                    new Operation(
                            "figures",
                            s -> {},
                            s -> {
                                s.memory.epochs().oldestPinAgeNanos();
                                s.memory.epochs().heldBytes();
                                s.memory.epochs().pinned();
                                s.memory.chunks().nativeBytes();
                                s.memory.chunks().openRegions();
                            }),
                    new Operation(
                            "upkeep tasks",
                            s -> {},
                            s -> {
                                s.memory.addUpkeep(s.action);
                                s.memory.removeUpkeep(s.action);
                            }),
                    new Operation("close memory", s -> s.allocate(1, 16), s -> s.memory.close()));

    /** Something done on a stand. */
    interface Step {
        void on(Stand stand) throws InterruptedException;
    }

    /** Whether it can be done again and again, without what it needs. */
    boolean isRepeatable() {
        return !List.of("pin", "close", "close memory", "arena", "local left open", "leaks")
                        .contains(name)
                && !name.startsWith("free")
                && !name.startsWith("re");
    }

    boolean closesMemory() {
        return name.equals("close memory");
    }

    boolean closesPool() {
        return closesMemory() || name.equals("close");
    }

    private static long last(Stand stand) {
        return stand.handle(stand.handleCount() - 1);
    }

    private static void shrink(Region region) {
        try {
            Region.class.getMethod("shrink", long.class).invoke(region, 100L);
        } catch (java.lang.reflect.InvocationTargetException thrown) {
            if (thrown.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(thrown.getCause());
        } catch (NoSuchMethodException | IllegalAccessException missing) {
            // Not there.
        }
    }
}
