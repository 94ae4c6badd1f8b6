package cordwood.testkit.history;

import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StreamBounds;
import cordwood.testkit.Seed;
import cordwood.testkit.StoreUnderTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Draws a history from a seed: mostly appends at a stream's tail, mixed with overwrites, records
 * out of order, trims around the tail, and the corners of the number range.
 */
public final class HistoryGenerator {

    private static final long[] CORNERS = {
        Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0, 1, Long.MAX_VALUE - 1, Long.MAX_VALUE
    };

    /** One stream: where its next append goes. */
    private record Key(Space space, long stream) {}

    private final SplittableRandom random;
    private final HistoryShape shape;
    private final long[] streams;
    private final Map<Key, Long> tails = new HashMap<>();

    private HistoryGenerator(Seed seed, HistoryShape shape) {
        this.random = seed.random();
        this.shape = shape;
        this.streams = new long[shape.streams()];
        for (int i = 0; i < streams.length; i++) {
            streams[i] = random.nextInt(4) == 0 ? corner() : random.nextLong(-10, 10);
        }
    }

    /** The history of a seed. */
    public static List<HistoryStep> history(Seed seed, HistoryShape shape) {
        HistoryGenerator generator = new HistoryGenerator(seed, shape);
        List<HistoryStep> steps = new ArrayList<>();
        for (int i = 0; i < shape.steps(); i++) {
            steps.add(generator.step());
        }
        return steps;
    }

    private HistoryStep step() {
        int kind = random.nextInt(100);
        Key key = key();
        if (kind < 55) {
            return write();
        } else if (kind < 75) {
            return read(key);
        } else if (kind < 85) {
            return new HistoryStep.Bounds(key.space(), key.stream());
        } else if (kind < 91) {
            return new HistoryStep.Attribute(key.space(), key.stream(), attributeId());
        } else if (kind < 94) {
            return new HistoryStep.Streams(key.space());
        } else if (kind < 96) {
            return new HistoryStep.Flush();
        } else if (kind < 97) {
            return new HistoryStep.Compact();
        } else if (shape.reopens()) {
            return new HistoryStep.Reopen();
        } else {
            return read(key);
        }
    }

    private HistoryStep write() {
        int count = 1 + random.nextInt(shape.batchEntriesMax());
        Key key = key();
        boolean oneStream = random.nextInt(3) > 0;
        List<HistoryEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(entry(oneStream ? key : key()));
        }
        Durability level = StoreUnderTest.level(random.nextInt(3));
        return new HistoryStep.Write(entries, level);
    }

    private HistoryEntry entry(Key key) {
        int kind = random.nextInt(100);
        if (kind < 84) {
            return new HistoryEntry.Put(
                    key.space(), key.stream(), putPosition(key), random.nextInt(), valueBytes());
        } else if (kind < 92) {
            long to = Math.max(nearTail(key, -20, 4), StreamBounds.NEVER_TRIMMED + 1);
            return new HistoryEntry.Trim(key.space(), key.stream(), to);
        } else {
            return new HistoryEntry.Attribute(
                    key.space(), key.stream(), attributeId(), random.nextInt(), valueBytes());
        }
    }

    private long putPosition(Key key) {
        int kind = random.nextInt(100);
        if (kind < 70) {
            long tail = tails.getOrDefault(key, 0L);
            tails.put(key, tail == Long.MAX_VALUE ? tail : tail + 1 + random.nextInt(2));
            return tail;
        }
        return kind < 97 ? nearTail(key, -30, 10) : corner();
    }

    private HistoryStep read(Key key) {
        long a = random.nextInt(6) == 0 ? corner() : nearTail(key, -40, 10);
        long b = random.nextInt(6) == 0 ? corner() : nearTail(key, -40, 10);
        boolean swapped = random.nextInt(20) == 0;
        Order order = random.nextBoolean() ? Order.FORWARD : Order.BACKWARD;
        long low = Math.min(a, b);
        long high = Math.max(a, b);
        return new HistoryStep.Read(
                key.space(), key.stream(), swapped ? high : low, swapped ? low : high, order);
    }

    private long nearTail(Key key, int below, int above) {
        long tail = tails.getOrDefault(key, 0L);
        return tail + random.nextInt(below, above);
    }

    private Key key() {
        Space space = random.nextInt(4) == 0 ? StoreUnderTest.OTHER_SPACE : StoreUnderTest.SPACE;
        return new Key(space, streams[random.nextInt(streams.length)]);
    }

    private long corner() {
        return CORNERS[random.nextInt(CORNERS.length)];
    }

    private int attributeId() {
        return random.nextInt(8) == 0 ? 254 : random.nextInt(3);
    }

    private int valueBytes() {
        return random.nextInt(shape.valueBytesMax() + 1);
    }
}
