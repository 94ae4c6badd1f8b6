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
 * @param inFlightBytesMax most bytes of requests accepted and not yet answered, over all loglets;
 *     what comes on top is answered {@link Status#DROPPED}
 * @param readBytesMax most bytes that one read returns, and what a read without a limit gets
 * @param inFlightReadBytesMax most bytes that reads under way may return together; what comes on
 *     top is answered {@link Status#DROPPED}
 * @param globalTailPersistInterval how often a known global tail that moved is written down where
 *     no store carried it along
 * @param clock the time that stores expire by and seals are stamped with
 * @param steps what runs the workers
 */
public record LogletOptions(
        Durability durability,
        long inFlightBytesMax,
        long readBytesMax,
        long inFlightReadBytesMax,
        Duration globalTailPersistInterval,
        InstantSource clock,
        StepExecutor steps) {

    /** Durable; 64 MiB in flight; reads of 1 MiB, 64 MiB together; 10 s; one thread per loglet. */
    public static final LogletOptions DEFAULTS =
            new LogletOptions(
                    Durability.DURABLE,
                    64L << 20,
                    1L << 20,
                    64L << 20,
                    Duration.ofSeconds(10),
                    InstantSource.system(),
                    StepExecutor.virtualThreads());

    /** Checks that limits are positive and fit each other. */
    public LogletOptions {
        if (inFlightBytesMax <= 0 || readBytesMax <= 0 || readBytesMax > inFlightReadBytesMax) {
            throw new StoreException.Invalid(
                    "loglet limits must be positive, and one read within all reads: "
                            + "in flight %,d, one read %,d, all reads %,d"
                                    .formatted(
                                            inFlightBytesMax, readBytesMax, inFlightReadBytesMax));
        }
        if (!globalTailPersistInterval.isPositive()) {
            throw new StoreException.Invalid(
                    "the persist interval must be positive: " + globalTailPersistInterval);
        }
    }

    /** The same with another durability. */
    public LogletOptions withDurability(Durability level) {
        return new LogletOptions(
                level,
                inFlightBytesMax,
                readBytesMax,
                inFlightReadBytesMax,
                globalTailPersistInterval,
                clock,
                steps);
    }

    /** The same with another limit of request bytes in flight. */
    public LogletOptions withInFlightBytesMax(long bytesMax) {
        return new LogletOptions(
                durability,
                bytesMax,
                readBytesMax,
                inFlightReadBytesMax,
                globalTailPersistInterval,
                clock,
                steps);
    }
}
