package cordwood.loglet;

import cordwood.store.Durability;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;

/**
 * How a {@link LogletServer} works.
 *
 * @param durability what a store must survive before it is acknowledged. Seals and trims are always
 *     {@link Durability#DURABLE}
 * @param inFlightBytesMax most bytes of stores accepted and not yet answered, over all loglets;
 *     what comes on top is answered {@link Status#DROPPED}, but for a store that is alone. Reads,
 *     waiters and other requests have bounds of their own, 65,536 of a kind where nothing else is
 *     said
 * @param roomWaitMax how long a store, seal or trim may wait until the store has room for it; then
 *     it is answered {@link Status#DROPPED}
 * @param tailWaitersMax most requests that wait for a tail, over all loglets; what comes on top is
 *     answered {@link Status#DROPPED}
 * @param tailWaitMax how long a request may wait for a tail; then it is answered {@link
 *     Status#DROPPED}. Time is looked at ten times a second
 * @param readBytesMax most encoded bytes that one read returns, and what a read without a limit
 *     gets
 * @param inFlightReadBytesMax most bytes that the answers of reads under way may hold together,
 *     objects and all, until the replies have returned; a first record that is larger is read when
 *     it is alone. An answer ends early where there is no room for more; a read with no room at all
 *     is answered {@link Status#DROPPED}
 * @param globalTailPersistInterval how often a known global tail that moved is written down where
 *     no store carried it along
 * @param clock the time that stores and waiters expire by and seals are stamped with
 * @param steps what runs the workers
 */
public record LogletOptions(
        Durability durability,
        long inFlightBytesMax,
        Duration roomWaitMax,
        int tailWaitersMax,
        Duration tailWaitMax,
        long readBytesMax,
        long inFlightReadBytesMax,
        Duration globalTailPersistInterval,
        InstantSource clock,
        StepExecutor steps) {

    private static final Duration WAIT_MAX = Duration.ofDays(365);

    /**
     * Durable; 64 MiB of stores in flight, 10 s for room; 131,072 waiters for 5 minutes; reads of 1
     * MiB, 64 MiB together; global tails every 10 s; one thread per loglet.
     */
    public static final LogletOptions DEFAULTS =
            new LogletOptions(
                    Durability.DURABLE,
                    64L << 20,
                    Duration.ofSeconds(10),
                    131_072,
                    Duration.ofMinutes(5),
                    1L << 20,
                    64L << 20,
                    Duration.ofSeconds(10),
                    InstantSource.system(),
                    StepExecutor.virtualThreads());

    /** Checks that limits are positive and fit each other. */
    public LogletOptions {
        if (inFlightBytesMax <= 0
                || tailWaitersMax <= 0
                || readBytesMax <= 0
                || readBytesMax > inFlightReadBytesMax) {
            throw new StoreException.Invalid(
                    "loglet limits must be positive, and one read within all reads: "
                            + "in flight %,d, waiters %,d, one read %,d, all reads %,d"
                                    .formatted(
                                            inFlightBytesMax,
                                            tailWaitersMax,
                                            readBytesMax,
                                            inFlightReadBytesMax));
        }
        requireWait("a wait for room", roomWaitMax);
        requireWait("a wait for a tail", tailWaitMax);
        requireWait("the persist interval", globalTailPersistInterval);
    }

    private static void requireWait(String what, Duration wait) {
        if (!wait.isPositive() || wait.compareTo(WAIT_MAX) > 0) {
            throw new StoreException.Invalid(
                    "%s must be positive and at most a year: %s".formatted(what, wait));
        }
    }

    /** The same with another durability. */
    public LogletOptions withDurability(Durability level) {
        return new LogletOptions(
                level,
                inFlightBytesMax,
                roomWaitMax,
                tailWaitersMax,
                tailWaitMax,
                readBytesMax,
                inFlightReadBytesMax,
                globalTailPersistInterval,
                clock,
                steps);
    }

    /** The same with another limit of store bytes in flight. */
    public LogletOptions withInFlightBytesMax(long bytesMax) {
        return new LogletOptions(
                durability,
                bytesMax,
                roomWaitMax,
                tailWaitersMax,
                tailWaitMax,
                readBytesMax,
                inFlightReadBytesMax,
                globalTailPersistInterval,
                clock,
                steps);
    }

    /** The same with other limits of those that wait for a tail. */
    public LogletOptions withTailWaiters(int countMax, Duration waitMax) {
        return new LogletOptions(
                durability,
                inFlightBytesMax,
                roomWaitMax,
                countMax,
                waitMax,
                readBytesMax,
                inFlightReadBytesMax,
                globalTailPersistInterval,
                clock,
                steps);
    }

    /** The same with other limits of reads: of one, and of all together. */
    public LogletOptions withReadBytesMax(long oneBytesMax, long allBytesMax) {
        return new LogletOptions(
                durability,
                inFlightBytesMax,
                roomWaitMax,
                tailWaitersMax,
                tailWaitMax,
                oneBytesMax,
                allBytesMax,
                globalTailPersistInterval,
                clock,
                steps);
    }

    /** The same with another interval of writing down global tails. */
    public LogletOptions withGlobalTailPersistInterval(Duration interval) {
        return new LogletOptions(
                durability,
                inFlightBytesMax,
                roomWaitMax,
                tailWaitersMax,
                tailWaitMax,
                readBytesMax,
                inFlightReadBytesMax,
                interval,
                clock,
                steps);
    }

    /** The same with another clock. */
    public LogletOptions withClock(InstantSource other) {
        return new LogletOptions(
                durability,
                inFlightBytesMax,
                roomWaitMax,
                tailWaitersMax,
                tailWaitMax,
                readBytesMax,
                inFlightReadBytesMax,
                globalTailPersistInterval,
                other,
                steps);
    }

    /** The same with workers run by something else. */
    public LogletOptions withSteps(StepExecutor other) {
        return new LogletOptions(
                durability,
                inFlightBytesMax,
                roomWaitMax,
                tailWaitersMax,
                tailWaitMax,
                readBytesMax,
                inFlightReadBytesMax,
                globalTailPersistInterval,
                clock,
                other);
    }
}
