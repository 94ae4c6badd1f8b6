package cordwood.memory.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class PinTableTest {

    private static final int SHORT_REUSES = 1 << 16;

    private final PinTable pins = new PinTable();

    /** At home and on a shelf: the word's count comes round after 65,536 claims of a slot. */
    @Test
    void ticketIsStaleForeverHoweverOftenItsSlotIsUsedAgain() {
        for (int open : new int[] {0, 1_000}) {
            claim(open);
            long stale = pins.claim(7);
            pins.release(stale);
            for (int i = 1; i < SHORT_REUSES; i++) {
                pins.release(pins.claim(7));
            }
            long current = pins.claim(7);
            assertThat(current >>> 43).as("same slot").isEqualTo(stale >>> 43);
            assertRefused(stale);
            pins.release(current);
            assertThat(pins.claimed()).isEqualTo(open);
        }
    }

    @Test
    void rubbishIsRefusedAndTouchesNoPin() {
        long[] tickets = claim(200);
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (long rubbish : new long[] {-1, 0, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40, 1}) {
            assertRefused(rubbish);
        }
        for (int i = 0; i < 10_000; i++) {
            long rubbish = random.nextLong();
            assertThatThrownBy(() -> pins.release(rubbish))
                    .as("seed %d", seed)
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(pins.claimed()).isEqualTo(tickets.length);
        for (long ticket : tickets) {
            pins.release(ticket);
        }
        assertThat(pins.claimed()).isZero();
    }

    @Test
    void ofTwoThreadsThatLeaveWithOneTicketOneSucceeds() throws Exception {
        int rounds = 20_000;
        CyclicBarrier start = new CyclicBarrier(2);
        AtomicLong ticket = new AtomicLong();
        AtomicInteger left = new AtomicInteger();
        Runnable leaver =
                () -> {
                    for (int round = 0; round < rounds; round++) {
                        await(start, ticket, round);
                        try {
                            pins.release(ticket.get());
                            left.incrementAndGet();
                        } catch (IllegalStateException second) {
                            assertThat(second).hasMessageContaining("left twice");
                        }
                        await(start, ticket, -1);
                    }
                };
        Thread other = Thread.ofPlatform().start(leaver);
        leaver.run();
        other.join();
        assertThat(left).hasValue(rounds);
        assertThat(pins.claimed()).isZero();
    }

    /** Both wait; the second to come puts a new ticket first, when it is a round's beginning. */
    private void await(CyclicBarrier start, AtomicLong ticket, int round) {
        try {
            if (start.await() == 0 && round >= 0) {
                ticket.set(pins.claim(5));
            }
            start.await();
        } catch (Exception broken) {
            throw new AssertionError(broken);
        }
    }

    @Test
    void slotsAreUsedAgainAndTheOldestIsFoundAmongMany() {
        for (int round = 0; round < 3; round++) {
            long[] tickets = new long[40_000];
            for (int i = 0; i < tickets.length; i++) {
                tickets[i] = pins.claim(10 + i);
                assertThat(tickets[i] >>> 43).isLessThan(45_000);
            }
            for (int i = 0; i < tickets.length; i++) {
                if (i % 1_000 == 0) {
                    assertThat(pins.oldest(Long.MAX_VALUE >>> 16)).isEqualTo(10 + i);
                }
                pins.release(tickets[i]);
            }
            assertThat(pins.oldest(99)).isEqualTo(99);
            assertThat(pins.claimed()).isZero();
        }
    }

    /** A row noted as full is noted as having room again. */
    @Test
    void fullShelfHasRoomAgainForEverySlotGiven() {
        PinShelf shelf = new PinShelf(3);
        int slots = 3 * PinShelf.ROW_SLOTS;
        for (int i = 0; i < slots; i++) {
            assertThat(shelf.take(i)).isBetween(0, slots - 1);
        }
        assertThat(shelf.take(1)).isEqualTo(-1);
        for (int slot = 0; slot < slots; slot++) {
            shelf.give(slot);
            assertThat(shelf.take(5)).isEqualTo(slot);
            assertThat(shelf.take(5)).isEqualTo(-1);
        }
    }

    @Test
    void everySlotOfAShelfHasOneTakerAtATime() throws Exception {
        PinShelf shelf = new PinShelf(2);
        AtomicInteger[] takers = new AtomicInteger[2 * PinShelf.ROW_SLOTS];
        for (int i = 0; i < takers.length; i++) {
            takers[i] = new AtomicInteger();
        }
        AtomicInteger clashes = new AtomicInteger();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            long seed = t;
            threads[t] = Thread.ofPlatform().start(() -> takeAndGive(shelf, takers, clashes, seed));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(clashes).hasValue(0);
        for (int i = 0; i < takers.length; i++) {
            assertThat(shelf.take(0)).as("none lost").isNotNegative();
        }
    }

    private static void takeAndGive(
            PinShelf shelf, AtomicInteger[] takers, AtomicInteger clashes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] held = new int[40];
        for (int round = 0; round < 2_000; round++) {
            int count = 0;
            for (int i = random.nextInt(held.length); i >= 0; i--) {
                int slot = shelf.take(random.nextInt(64));
                if (slot >= 0) {
                    held[count++] = slot;
                    clashes.addAndGet(takers[slot].getAndIncrement());
                }
            }
            while (count > 0) {
                int slot = held[--count];
                takers[slot].decrementAndGet();
                shelf.give(slot);
            }
        }
    }

    private long[] claim(int count) {
        long[] tickets = new long[count];
        for (int i = 0; i < count; i++) {
            tickets[i] = pins.claim(3);
        }
        return tickets;
    }

    private void assertRefused(long ticket) {
        assertThatThrownBy(() -> pins.release(ticket)).isInstanceOf(IllegalStateException.class);
    }
}
