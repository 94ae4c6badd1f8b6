package cordwood.loglet;

import cordwood.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Draws a history of a few loglets from a seed: mostly stores in order, mixed with repeated, partly
 * repeated, skipping, foreign and expired ones, repairs, seals, trims, reads and waiters.
 */
final class HistoryGenerator {

    private static final long[] LOGLETS = {1, 2, -1};
    private static final NodeId SEQUENCER = LogletFixture.SEQUENCER;
    private static final NodeId OTHER = LogletFixture.OTHER;

    private final SplittableRandom random;
    private final long[] nextOffsets = new long[LOGLETS.length];

    private HistoryGenerator(Seed seed) {
        random = seed.random();
        for (int i = 0; i < nextOffsets.length; i++) {
            boolean nearTheEnd = random.nextInt(8) == 0;
            nextOffsets[i] = nearTheEnd ? LogletOffset.LAST - 40 : LogletOffset.OLDEST;
        }
    }

    static List<HistoryStep> history(Seed seed, int steps) {
        HistoryGenerator generator = new HistoryGenerator(seed);
        List<HistoryStep> history = new ArrayList<>();
        for (int i = 0; i < LOGLETS.length; i++) {
            history.add(generator.release(i, generator.nextOffsets[i]));
        }
        for (int i = 0; i < steps; i++) {
            history.add(generator.step());
        }
        return history;
    }

    private HistoryStep step() {
        int loglet = random.nextInt(LOGLETS.length);
        int kind = random.nextInt(100);
        if (kind < 50) {
            return store(loglet);
        } else if (kind < 68) {
            return new HistoryStep.Ask(read(loglet));
        } else if (kind < 74) {
            long from = near(loglet, -30, 5);
            return new HistoryStep.Ask(new Request.GetDigest(header(loglet), from, far(from)));
        } else if (kind < 80) {
            return new HistoryStep.Ask(new Request.Trim(header(loglet), near(loglet, -15, 4)));
        } else if (kind < 84) {
            return new HistoryStep.Ask(new Request.GetLogletInfo(header(loglet)));
        } else if (kind < 88) {
            return new HistoryStep.Await(
                    new Request.WaitForTail(header(loglet), query(near(loglet, -4, 12))));
        } else if (kind < 91) {
            return release(loglet, near(loglet, -5, random.nextInt(4) == 0 ? 3_000 : 4));
        } else if (kind < 93) {
            return new HistoryStep.Ask(new Request.Seal(header(loglet)));
        } else {
            return kind < 98 ? new HistoryStep.Reopen() : new HistoryStep.Crash();
        }
    }

    private HistoryStep store(int loglet) {
        int count = random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(8);
        boolean inOrder = random.nextInt(100) < 70;
        long first = inOrder ? nextOffsets[loglet] : near(loglet, -12, 3);
        if (inOrder) {
            nextOffsets[loglet] = Math.min(first + count, LogletOffset.MAX);
        }
        return new HistoryStep.Store(
                header(loglet),
                oneIn(12) ? OTHER : SEQUENCER,
                oneIn(20) ? OTHER : SEQUENCER,
                !inOrder && oneIn(2),
                oneIn(25),
                first,
                count,
                random.nextInt());
    }

    private HistoryStep release(int loglet, long tail) {
        return new HistoryStep.Ask(new Request.Release(new RequestHeader(LOGLETS[loglet], tail)));
    }

    private Request read(int loglet) {
        long from = near(loglet, -40, 5);
        long low = random.nextInt(6);
        KeyFilter filter =
                switch (random.nextInt(3)) {
                    case 0 -> new KeyFilter.Any();
                    case 1 -> new KeyFilter.Include(low);
                    default -> new KeyFilter.Within(low, low + random.nextInt(3));
                };
        long byteLimit = oneIn(2) ? Request.GetRecords.NO_LIMIT : 1 + random.nextInt(600);
        return new Request.GetRecords(header(loglet), byteLimit, filter, from, far(from));
    }

    private TailQuery query(long target) {
        return switch (random.nextInt(3)) {
            case 0 -> new TailQuery.LocalTail(target);
            case 1 -> new TailQuery.GlobalTail(target);
            default -> new TailQuery.LocalOrGlobal(target);
        };
    }

    private RequestHeader header(int loglet) {
        long tail = oneIn(3) ? near(loglet, -20, oneIn(10) ? 3_000 : 3) : LogletOffset.INVALID;
        return new RequestHeader(LOGLETS[loglet], tail);
    }

    private long far(long from) {
        return oneIn(3)
                ? LogletOffset.MAX
                : Math.clamp(from + random.nextInt(-2, 30), 0, LogletOffset.MAX);
    }

    private long near(int loglet, int below, int above) {
        return Math.clamp(nextOffsets[loglet] + random.nextInt(below, above), 0, LogletOffset.MAX);
    }

    private boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }
}
