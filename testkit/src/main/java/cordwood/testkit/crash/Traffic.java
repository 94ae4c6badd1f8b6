package cordwood.testkit.crash;

import cordwood.store.Durability;
import cordwood.store.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random batches: mostly records in order, some out of order, over others, or below a trim point;
 * trims and attributes between them; a few large values.
 */
final class Traffic {

    static final Space SPACE = new Space(7, "faults");
    static final Space OTHER_SPACE = new Space(254, "others");

    private static final List<StreamKey> KEYS =
            List.of(
                    new StreamKey(SPACE, 0),
                    new StreamKey(SPACE, 1),
                    new StreamKey(SPACE, -7),
                    new StreamKey(SPACE, Long.MAX_VALUE),
                    new StreamKey(OTHER_SPACE, 1),
                    new StreamKey(OTHER_SPACE, Long.MIN_VALUE));

    private final SplittableRandom random;
    private final long[] next = new long[KEYS.size()];
    private final long[] trimmed = new long[KEYS.size()];

    Traffic(long seed) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < next.length; i++) {
            next[i] = random.nextLong(-1_000, 1_000);
            trimmed[i] = next[i];
        }
    }

    /** A level; half of the time the strongest. */
    Durability level() {
        return switch (random.nextInt(4)) {
            case 0 -> Durability.BUFFERED;
            case 1 -> Durability.WRITTEN;
            default -> Durability.DURABLE;
        };
    }

    List<Operation> batch() {
        List<Operation> operations = new ArrayList<>();
        int streams = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 1;
        for (int i = 0; i < streams; i++) {
            int stream = random.nextInt(KEYS.size());
            int count = random.nextInt(8) == 0 ? 1 + random.nextInt(20) : 1 + random.nextInt(3);
            for (int j = 0; j < count; j++) {
                operations.add(operation(stream));
            }
        }
        return operations;
    }

    private Operation operation(int stream) {
        StreamKey key = KEYS.get(stream);
        int kind = random.nextInt(100);
        if (kind < 4) {
            trimmed[stream] += random.nextLong(Math.max(1, next[stream] - trimmed[stream] + 2));
            return new Operation.Trim(key, trimmed[stream]);
        }
        if (kind < 10) {
            int id = random.nextInt(4) == 0 ? 254 : random.nextInt(3);
            return new Operation.Attribute(key, id, random.nextLong(), valueBytes() / 4);
        }
        if (kind < 22 && next[stream] > trimmed[stream]) {
            long position = random.nextLong(trimmed[stream], next[stream]);
            return put(key, position);
        }
        next[stream] += random.nextInt(6) == 0 ? random.nextInt(1, 1_000) : 1;
        return put(key, next[stream]);
    }

    private Operation put(StreamKey key, long position) {
        return new Operation.Put(key, position, random.nextLong(), valueBytes());
    }

    private int valueBytes() {
        int kind = random.nextInt(200);
        return kind < 120
                ? random.nextInt(100)
                : kind < 190
                        ? random.nextInt(1_000)
                        : kind < 199 ? random.nextInt(10_000) : random.nextInt(100_000);
    }
}
