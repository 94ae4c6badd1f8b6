package cordwood.lsm.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Lists of stretches against sorted maps. */
@ExtendWith(SeedExtension.class)
final class StretchListTest {

    private static final int LISTS = 20;
    private static final int INSERTS = 1_500;
    private static final int RANGE = 4_000;
    private static final int RACED_INSERTS = 20_000;

    /** A stretch, as the model keeps it under its first position. */
    private record Apart(long last, long place) {}

    private final Memory memory = Memory.open(MemoryOptions.ofBudget(32L << 20));
    private final IndexArena arena =
            new IndexArena(memory.chunks(), memory.budget().account("index"));
    private final StretchList lists = new StretchList(arena);

    @AfterEach
    void close() {
        arena.close();
        memory.close();
    }

    private int newList() {
        return arena.allocate(StretchList.LIST_BYTES);
    }

    /** A position in a small range, now and then the first or the last there is. */
    private static long position(SplittableRandom random) {
        return switch (random.nextInt(200)) {
            case 0 -> Long.MIN_VALUE;
            case 1 -> Long.MAX_VALUE;
            default -> random.nextLong(-RANGE, RANGE);
        };
    }

    @Test
    void stretchesThatShareNoPositionAreKeptInOrderAndOthersRefused(Seed seed) {
        SplittableRandom random = seed.random();
        for (int i = 0; i < LISTS; i++) {
            int list = newList();
            TreeMap<Long, Apart> model = new TreeMap<>();
            for (int place = 1; place <= INSERTS; place++) {
                long first = position(random);
                long behind = Long.MAX_VALUE - Math.max(first, 0);
                long last = first + Math.min(random.nextLong(4), behind);
                boolean apart = isApart(model, first, last);
                assertThat(lists.insertApart(list, 0, first, last, place, 8, 2)).isEqualTo(apart);
                if (apart) {
                    model.put(first, new Apart(last, place));
                }
            }
            requireSame(list, model, random);
        }
    }

    private static boolean isApart(NavigableMap<Long, Apart> model, long first, long last) {
        Map.Entry<Long, Apart> before = model.floorEntry(last);
        return before == null || before.getValue().last() < first;
    }

    private void requireSame(int list, NavigableMap<Long, Apart> model, SplittableRandom random) {
        TreeMap<Long, Apart> found = new TreeMap<>();
        for (int node = lists.head(list, 0); node != 0; node = lists.next(node)) {
            found.put(lists.first(node), new Apart(lists.last(node), lists.place(node)));
            assertThat(lists.payloadBytes(node)).isEqualTo(8);
            assertThat(lists.count(node)).isEqualTo(2);
        }
        assertThat(found).isEqualTo(model);
        assertThat(lists.first(lists.tail(list, 0))).isEqualTo(model.lastKey());
        for (int i = 0; i < INSERTS; i++) {
            long position = position(random);
            int below = lists.lastBelow(list, 0, position);
            Long expected = model.lowerKey(position);
            assertThat(below == 0 ? null : (Long) lists.first(below)).isEqualTo(expected);
            int after = lists.after(list, 0, below);
            assertThat(after == 0 ? null : (Long) lists.first(after))
                    .isEqualTo(model.ceilingKey(position));
        }
    }

    @Test
    void recordsAtOnePositionAreNewestFirst(Seed seed) {
        SplittableRandom random = seed.random();
        int list = newList();
        TreeMap<Long, List<Long>> model = new TreeMap<>();
        for (long place = 1; place <= INSERTS; place++) {
            long position = random.nextLong(-20, 20);
            lists.insertNewer(list, 0, position, place, 1);
            model.computeIfAbsent(position, _ -> new ArrayList<>()).addFirst(place);
        }
        TreeMap<Long, List<Long>> found = new TreeMap<>();
        for (int node = lists.head(list, 0); node != 0; node = lists.next(node)) {
            assertThat(lists.last(node)).isEqualTo(lists.first(node));
            found.computeIfAbsent(lists.first(node), _ -> new ArrayList<>()).add(lists.place(node));
        }
        assertThat(found).isEqualTo(model);
    }

    @Test
    void readersSeeAListInOrderWhileItIsFilled(Seed seed) {
        int list = newList();
        AtomicBoolean done = new AtomicBoolean();
        try (Threads threads = new Threads()) {
            threads.start(() -> {
                int before = 0;
                while (!done.get()) {
                    int seen = requireRising(list);
                    assertThat(seen).isGreaterThanOrEqualTo(before);
                    before = seen;
                }
                assertThat(requireRising(list)).isEqualTo(RACED_INSERTS);
            });
            SplittableRandom random = seed.random();
            int inserted = 0;
            while (inserted < RACED_INSERTS) {
                long position = random.nextLong();
                inserted += lists.insertApart(list, 0, position, position, 1, 1, 1) ? 1 : 0;
            }
            done.set(true);
        }
    }

    private int requireRising(int list) {
        int count = 0;
        long before = Long.MIN_VALUE;
        for (int node = lists.head(list, 0); node != 0; node = lists.next(node)) {
            long first = lists.first(node);
            assertThat(count == 0 || first > before).isTrue();
            before = first;
            count++;
        }
        return count;
    }
}
