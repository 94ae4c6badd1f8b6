package cordwood.lsm.commit;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What held the committing step up, by cause: every wait, and whatever else took longer than {@link
 * #NANOS_MIN}. Noted by that step, read by everybody.
 */
public final class Stalls {

    /*
     * Two readings of the clock per group, around its write to the log: what lies between the end of
     * one and the beginning of the next is the step's own work, unless it had nothing to do.
     */

    /** What takes no longer is work. */
    public static final long NANOS_MIN = 1_000_000;

    /** Why nothing was committed. */
    public enum Cause {
        /** Writing was slowed down to what is flushed. */
        PACING,
        /** No memtable had room. */
        MEMTABLE,
        /** No segment of the log was ready. */
        SEGMENT,
        /** The system took long to accept bytes for the log. */
        LOG_WRITE,
        /** It took long to make them durable. */
        LOG_SYNC,
        /**
         * The step was at its own work: it was not given a processor, the JVM stopped every thread,
         * or memory was slow to come.
         */
        NOT_RUNNING;

        /** Its name as a figure's. */
        public String figure() {
            return "stall_" + name().toLowerCase(Locale.ROOT) + "_ns";
        }
    }

    private final LongSupplier nanoTime;
    private final Map<Cause, AtomicLong> nanos = new EnumMap<>(Cause.class);

    // confined to the committing step
    private boolean working;
    private long sinceNanos; // while it works: of the last reading
    private @Nullable Cause waiting;
    private long waitingSinceNanos;

    /** No stall so far; with the clock, {@link System#nanoTime} but in tests. */
    public Stalls(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        for (Cause cause : Cause.values()) {
            nanos.put(cause, new AtomicLong());
        }
    }

    /** There is nothing to do. */
    void idle() {
        working = false;
    }

    /** There is something to do, and it cannot be done yet. */
    void waitFor(Cause cause) {
        if (waiting == null) {
            waiting = cause;
            waitingSinceNanos = nanoTime.getAsLong();
        }
    }

    /** Whether something cannot be done yet. */
    boolean isWaiting() {
        return waiting != null;
    }

    /** It can be done now. */
    void goOn() {
        Cause cause = waiting;
        if (cause != null) {
            waiting = null;
            working = false;
            add(cause, nanoTime.getAsLong() - waitingSinceNanos);
        }
    }

    /** A wait is over that began then. */
    void waited(Cause cause, long beganNanos) {
        working = true;
        sinceNanos = nanoTime.getAsLong();
        add(cause, sinceNanos - beganNanos);
    }

    /** The system is asked for something. */
    void beforeCall() {
        long now = nanoTime.getAsLong();
        if (working) {
            addIfLong(Cause.NOT_RUNNING, now - sinceNanos);
        }
        working = true;
        sinceNanos = now;
    }

    /** It was done. */
    void afterCall(Cause cause) {
        long now = nanoTime.getAsLong();
        addIfLong(cause, now - sinceNanos);
        sinceNanos = now;
    }

    private void addIfLong(Cause cause, long time) {
        if (time >= NANOS_MIN) {
            add(cause, time);
        }
    }

    private void add(Cause cause, long time) {
        AtomicLong counter = counter(cause);
        counter.lazySet(counter.get() + time);
    }

    /** Time lost to a cause. */
    public long nanos(Cause cause) {
        return counter(cause).get();
    }

    private AtomicLong counter(Cause cause) {
        return Objects.requireNonNull(nanos.get(cause));
    }

    /** Time in which writes were held back: for every cause but that they are made durable. */
    public long heldBackNanos() {
        return Arrays.stream(Cause.values())
                .filter(cause -> cause != Cause.LOG_SYNC)
                .mapToLong(this::nanos)
                .sum();
    }
}
