package cordwood.testkit.crash;

import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.Threads;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lives that end in {@code close} while writers, readers, a flush and a merge are at work: in
 * another thread, in two at once, or in a listener. Nobody is left waiting, and every answer is
 * true after reopening.
 */
public final class CloseRaces {

    private static final Space SPACE = new Space(1, "closing");
    private static final int WRITERS_MAX = 4;
    private static final int RECORDS_MAX = 3;
    private static final long TRIM_EVERY = 50;

    /** What a writer was told of one batch. */
    private record Answer(Commit commit, long firstPosition, int records, boolean trims) {}

    /** What became of all lives. */
    public record Tally(int lives, long acknowledged, long refused, long unknown) {
        private Tally with(Tally life) {
            return new Tally(
                    lives + 1,
                    acknowledged + life.acknowledged,
                    refused + life.refused,
                    unknown + life.unknown);
        }
    }

    private final SplittableRandom random;
    private final StreamStore store;
    private final AtomicInteger appended = new AtomicInteger();
    private final List<List<Answer>> answers = new ArrayList<>();

    private CloseRaces(SplittableRandom random, StreamStore store) {
        this.random = random;
        this.store = store;
    }

    /**
     * Runs lives, each with a store of its own.
     *
     * @param opener opens the store of a life, given its seed; the same one again for the same seed
     * @throws AssertionError when an answer was false or never came
     */
    public static Tally run(LongFunction<StreamStore> opener, Seed seed, int lives) {
        Tally tally = new Tally(0, 0, 0, 0);
        for (int life = 0; life < lives; life++) {
            long own = seed.child(life).value();
            CloseRaces race = new CloseRaces(new SplittableRandom(own), opener.apply(own));
            try {
                race.live();
                try (StreamStore reopened = opener.apply(own)) {
                    tally = tally.with(race.judge(reopened));
                }
            } catch (StoreException | Violation e) {
                throw new AssertionError("life %d, seed %d: %s".formatted(life, own, e), e);
            }
        }
        return tally;
    }

    private void live() {
        int writers = 1 + random.nextInt(WRITERS_MAX);
        int batchesBeforeClose = random.nextInt(400);
        int valueBytesMax = 1 << random.nextInt(4, 17);
        int how = random.nextInt(3);
        try (Threads threads = new Threads()) {
            for (int stream = 0; stream < writers; stream++) {
                List<Answer> own = new ArrayList<>();
                answers.add(own);
                SplittableRandom choices = random.split();
                int number = stream;
                threads.start(() -> write(number, own, choices, valueBytesMax));
            }
            threads.start(this::read);
            threads.start(() -> ask(LocalStore::flush));
            threads.start(() -> ask(LocalStore::compact));
            while (appended.get() < batchesBeforeClose && !threads.failed()) {
                Thread.onSpinWait();
            }
            switch (how) {
                case 0 -> store.close();
                case 1 -> {
                    threads.start(store::close);
                    store.close();
                }
                default -> closeInListener();
            }
        }
    }

    private void closeInListener() {
        Commit last = append(Integer.MAX_VALUE, 1, 1, 1, Durability.WRITTEN, false);
        boolean itself = random.nextBoolean();
        if (last != null) {
            last.whenDone(_ -> {
                if (itself) {
                    store.close();
                } else {
                    Thread.startVirtualThread(store::close);
                }
            });
        }
        store.close();
    }

    private void write(int stream, List<Answer> own, SplittableRandom choices, int valueBytesMax) {
        long position = 0;
        Durability[] levels = Durability.values();
        while (true) {
            int records = 1 + choices.nextInt(RECORDS_MAX);
            Durability level = levels[choices.nextInt(levels.length)];
            boolean trims = own.size() % TRIM_EVERY == TRIM_EVERY - 1;
            int bytes = 1 + choices.nextInt(valueBytesMax);
            Commit commit = append(stream, position, records, bytes, level, trims);
            if (commit == null) {
                return;
            }
            own.add(new Answer(commit, position, records, trims));
            position += records;
            appended.incrementAndGet();
        }
    }

    /** Null once the store is closed; an append that is refused for now is tried again. */
    private @Nullable Commit append(
            int stream, long position, int records, int bytes, Durability level, boolean trims) {
        while (true) {
            try {
                WriteBatch batch = store.newBatch();
                for (int i = 0; i < records; i++) {
                    batch.put(SPACE, stream, position + i, value(stream, position + i, bytes));
                }
                if (trims) {
                    batch.trim(SPACE, stream, position - 1);
                }
                return store.append(batch, level);
            } catch (StoreException.Closed _) {
                return null;
            } catch (StoreException.Busy _) {
                Thread.onSpinWait();
            }
        }
    }

    private void read() {
        try {
            while (true) {
                try (Cursor cursor = store.read(SPACE, 0, 0, Long.MAX_VALUE, Order.FORWARD)) {
                    readAll(cursor);
                } catch (StoreException.Busy _) {
                    Thread.onSpinWait();
                }
            }
        } catch (StoreException.Closed _) {
            // as it should be
        }
    }

    private static void readAll(Cursor cursor) {
        while (cursor.next()) {
            try {
                require(0, cursor.position(), cursor.value());
            } catch (IllegalStateException _) {
                // a value's memory goes with the store: then the next call says so
            }
        }
    }

    /** Again and again, for the close to interrupt. */
    private void ask(Consumer<LocalStore> request) {
        try {
            while (store instanceof LocalStore local) {
                try {
                    request.accept(local);
                } catch (StoreException.Busy _) {
                    Thread.onSpinWait();
                }
            }
        } catch (StoreException.Closed _) {
            // as it should be
        }
    }

    private static MemorySegment value(long stream, long position, int bytes) {
        return Bytes.random(stream * 1_000_003 + position, bytes);
    }

    private static void require(long stream, long position, MemorySegment found) {
        MemorySegment expected = value(stream, position, (int) found.byteSize());
        if (found.mismatch(expected) >= 0) {
            throw new Violation("stream %d has other bytes at %d".formatted(stream, position));
        }
    }

    private Tally judge(StreamStore reopened) {
        Tally tally = new Tally(0, 0, 0, 0);
        for (int stream = 0; stream < answers.size(); stream++) {
            Set<Long> found = positions(reopened, stream);
            long trimmedTo = reopened.bounds(SPACE, stream).trimmedTo();
            for (Answer answer : answers.get(stream)) {
                tally = count(tally, judge(answer, found, trimmedTo));
            }
        }
        return tally;
    }

    private static Tally count(Tally tally, @Nullable Outcome failed) {
        return new Tally(
                0,
                tally.acknowledged + (failed == null ? 1 : 0),
                tally.refused + (failed == Outcome.NOT_APPLIED ? 1 : 0),
                tally.unknown + (failed == Outcome.UNKNOWN ? 1 : 0));
    }

    private static @Nullable Outcome judge(Answer answer, Set<Long> found, long trimmedTo) {
        if (!answer.commit().isDone()) {
            throw new Violation("a commit was never answered, at " + answer.firstPosition());
        }
        StoreException failure = answer.commit().failure();
        Outcome failed = failure == null ? null : failure.outcome();
        int there = 0;
        int expected = 0;
        for (int i = 0; i < answer.records(); i++) {
            long position = answer.firstPosition() + i;
            expected += position > trimmedTo ? 1 : 0;
            there += found.contains(position) ? 1 : 0;
        }
        boolean isTrue =
                failed == null
                        ? there == expected
                        : there == 0 || (failed == Outcome.UNKNOWN && there == expected);
        if (!isTrue) {
            throw new Violation(
                    "%d of %d records at %d are there, trimmed to %d, answered with %s"
                            .formatted(
                                    there,
                                    answer.records(),
                                    answer.firstPosition(),
                                    trimmedTo,
                                    failure));
        }
        if (answer.trims() && failed == null && trimmedTo < answer.firstPosition() - 1) {
            throw new Violation("a trim is gone: " + trimmedTo);
        }
        return failed;
    }

    private static Set<Long> positions(StreamStore store, long stream) {
        Set<Long> found = new HashSet<>();
        try (Cursor cursor = store.read(SPACE, stream, 0, Long.MAX_VALUE, Order.FORWARD)) {
            while (cursor.next()) {
                require(stream, cursor.position(), cursor.value());
                found.add(cursor.position());
            }
        }
        return found;
    }
}
