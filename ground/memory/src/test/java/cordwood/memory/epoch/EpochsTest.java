package cordwood.memory.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.StackEnd;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EpochsTest {

    private final Epochs epochs = new Epochs();
    private final List<String> ran = new ArrayList<>();

    @Test
    void actionWaitsForThePinsThatCouldSeeIt() {
        long early = epochs.enter();
        epochs.retire(10, () -> ran.add("first"));
        epochs.advance();
        long late = epochs.enter();
        assertThat(epochs.reclaim()).isZero();
        epochs.leave(early);
        assertThat(epochs.reclaim()).isEqualTo(1);
        assertThat(ran).containsExactly("first");
        epochs.leave(late);
        assertThat(epochs.heldBytes()).isZero();
    }

    /** Seeded bug M11, step by step; EpochTortureTest finds it among running threads. */
    @Test
    void reclaimingOneEpochEarlyRunsAnActionUnderAPinThatCouldSeeIt() {
        Epochs broken = SeededBugs.reclaimingOneEpochEarly();
        long pin = broken.enter();
        broken.retire(10, () -> ran.add("too early"));
        broken.advance();
        broken.reclaim();
        assertThat(ran).containsExactly("too early");
        broken.leave(pin);
    }

    @Test
    void whatNoPinHoldsBackIsReclaimedInTheEpochOfItsRetirementToo() {
        epochs.retire(10, () -> ran.add("first"));
        assertThat(epochs.heldBytes()).isEqualTo(10);
        assertThat(epochs.reclaim()).isEqualTo(1);
        long pin = epochs.enter();
        epochs.retire(10, () -> ran.add("second"));
        assertThat(epochs.reclaim()).isZero();
        assertThat(epochs.reclaim()).isZero();
        long later = epochs.enter();
        epochs.leave(pin);
        assertThat(epochs.reclaim()).isEqualTo(1);
        epochs.leave(later);
        assertThat(ran).containsExactly("first", "second");
    }

    /** Somebody advances the epoch whenever a pin has been published. */
    @Test
    void pinThatCannotMoveUpToTheEpochThatBeganMeanwhileIsAnOlderOne() {
        EpochClock[] clock = {null};
        boolean[] overflows = {false};
        PinTable pins =
                new PinTable() {
                    @Override
                    boolean publish(long[] words, int index, long free, long claimed) {
                        boolean published = super.publish(words, index, free, claimed);
                        if (clock[0] != null) {
                            clock[0].advance();
                        }
                        return published;
                    }

                    @Override
                    void move(long ticket, long epoch) {
                        if (overflows[0]) {
                            throw new StackOverflowError("injected");
                        }
                        super.move(ticket, epoch);
                    }
                };
        clock[0] = new EpochClock(pins);
        long first = clock[0].enter();
        assertThat(clock[0].horizon()).isEqualTo(clock[0].current());
        overflows[0] = true;
        long older = clock[0].enter();
        clock[0].leave(first);
        assertThat(clock[0].horizon()).isEqualTo(clock[0].current() - 1);
        clock[0].leave(older);
        assertThat(clock[0].pinned()).isZero();
        assertThat(clock[0].horizon()).isEqualTo(clock[0].current());
    }

    @Test
    void stalledReaderIsVisible() {
        assertThat(epochs.oldestPinAgeNanos()).isZero();
        long ticket = epochs.enter();
        epochs.advance();
        epochs.oldestPinAgeNanos();
        long start = System.nanoTime();
        while (System.nanoTime() - start < 1_000_000) {
            Thread.onSpinWait();
        }
        assertThat(epochs.oldestPinAgeNanos()).isGreaterThanOrEqualTo(1_000_000);
        assertThat(epochs.pinned()).isEqualTo(1);
        epochs.leave(ticket);
        assertThat(epochs.oldestPinAgeNanos()).isZero();
    }

    @Test
    void leavingTwiceThrowsAndHurtsNobody() {
        long first = epochs.enter();
        epochs.leave(first);
        assertThatThrownBy(() -> epochs.leave(first)).isInstanceOf(IllegalStateException.class);
        long second = epochs.enter();
        assertThatThrownBy(() -> epochs.leave(first)).isInstanceOf(IllegalStateException.class);
        epochs.advance();
        assertThat(epochs.horizon()).isLessThan(epochs.current());
        epochs.leave(second);
    }

    @Test
    void ticketOfOtherEpochsAndSmallNumbersEndNoPin() {
        Epochs others = new Epochs();
        long ticket = epochs.enter();
        long other = others.enter();
        assertThatThrownBy(() -> epochs.leave(other)).isInstanceOf(IllegalStateException.class);
        assertThat(epochs.pinned()).isEqualTo(1);
        epochs.leave(ticket);
        others.leave(other);
        List<Long> tickets = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            tickets.add(epochs.enter());
        }
        for (long slot = 0; slot < 1_000; slot++) {
            for (long count = 0; count < 3; count++) {
                long guess = slot << 43 | count;
                assertThatThrownBy(() -> epochs.leave(guess))
                        .isInstanceOf(IllegalStateException.class);
            }
        }
        tickets.forEach(epochs::leave);
        assertThat(epochs.pinned()).isZero();
    }

    @Test
    void noEpochBeginsThatPinsHaveNoRoomFor() throws ReflectiveOperationException {
        EpochClock clock = new EpochClock(new PinTable());
        Field epoch = EpochClock.class.getDeclaredField("epoch");
        epoch.setAccessible(true);
        epoch.setLong(clock, (1L << 46) - 1);
        Epochs late = new Epochs(clock);
        assertThat(late.advance()).isEqualTo(1L << 46);
        long ticket = late.enter();
        assertThat(late.pinned()).isEqualTo(1);
        assertThatThrownBy(late::advance).isInstanceOf(IllegalStateException.class);
        late.leave(ticket);
        assertThat(late.current()).isEqualTo(1L << 46);
    }

    @Test
    @SuppressWarnings("NullAway")
    void retirementOfNothingOrOfLessIsRefused() {
        assertThatThrownBy(() -> epochs.retire(1, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> epochs.retire(-1, () -> ran.add("never")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(epochs.retired()).isZero();
        assertThat(epochs.heldBytes()).isZero();
        epochs.retire(Long.MAX_VALUE, () -> ran.add("first"));
        assertThatThrownBy(() -> epochs.retire(1, () -> ran.add("never")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(epochs.heldBytes()).isEqualTo(Long.MAX_VALUE);
        assertThat(epochs.reclaim()).isEqualTo(1);
        assertThat(epochs.heldBytes()).isZero();
    }

    @Test
    void pinsAreNotLimitedInNumber() {
        long[] tickets = new long[1_000];
        for (int i = 0; i < tickets.length; i++) {
            tickets[i] = epochs.enter();
        }
        assertThat(epochs.pinned()).isEqualTo(tickets.length);
        for (long ticket : tickets) {
            epochs.leave(ticket);
        }
        assertThat(epochs.pinned()).isZero();
    }

    @Test
    void failingActionsDoNotKeepTheOthersFromRunning() {
        AssertionError first = new AssertionError("first");
        OutOfMemoryError second = new OutOfMemoryError("second");
        epochs.retire(1, () -> fail(first));
        epochs.retire(100, () -> ran.add("between"));
        epochs.retire(1, () -> fail(second));
        epochs.retire(1, () -> fail(first));
        epochs.retire(100, () -> ran.add("last"));
        epochs.advance();
        assertThatThrownBy(epochs::reclaim).isSameAs(first).hasSuppressedException(second);
        assertThat(ran).containsExactly("between", "last");
        assertThat(epochs.retired()).isZero();
        assertThat(epochs.heldBytes()).isZero();
        epochs.advance();
        assertThat(epochs.reclaim()).isZero();
    }

    @Test
    void actionsThatTheStackIsTooShortForStayRetired() {
        StackOverflowError overflow = new StackOverflowError("injected");
        boolean[] isShort = {true};
        epochs.retire(1, () -> ran.add("before"));
        epochs.retire(
                10,
                () -> {
                    if (isShort[0]) {
                        throw overflow;
                    }
                    ran.add("deep");
                });
        epochs.retire(100, () -> ran.add("after"));
        assertThatThrownBy(epochs::reclaim).isSameAs(overflow);
        assertThat(ran).containsExactly("before");
        assertThat(epochs.retired()).isEqualTo(2);
        assertThat(epochs.heldBytes()).isEqualTo(110);
        assertThatThrownBy(epochs::reclaim).isSameAs(overflow);
        assertThat(ran).containsExactly("before", "after");
        isShort[0] = false;
        assertThat(epochs.reclaim()).isEqualTo(1);
        assertThat(ran).containsExactly("before", "after", "deep");
        assertThat(epochs.heldBytes()).isZero();
    }

    @Test
    void ofManyFailuresFewAreKeptAndAllAreTold() {
        int count = 1_000;
        for (int i = 0; i < 2 * count; i++) {
            epochs.retire(1, () -> fail(new AssertionError()));
            if (i == count - 1) {
                assertThatThrownBy(epochs::reclaim)
                        .satisfies(first -> assertThat(first.getSuppressed()).hasSize(16));
            }
        }
        List<Throwable> told = new ArrayList<>();
        assertThat(epochs.reclaim(told::add)).isEqualTo(count);
        assertThat(told).hasSize(count).allMatch(failure -> failure.getSuppressed().length == 0);
    }

    private static void fail(Error error) {
        throw error;
    }

    /** Called with ever less stack: what was retired runs once, what was not does not. */
    @Test
    void stackOverflowAnywhereLosesNoActionAndRunsNoneTwice() throws InterruptedException {
        for (int warm = 0; warm < 3; warm++) {
            int[] retired = {0};
            int[] runs = {0};
            StackEnd.sweep(() -> {
                epochs.retire(10, () -> runs[0]++);
                retired[0]++;
            });
            assertThat(epochs.retired()).isEqualTo(retired[0]);
            assertThat(epochs.heldBytes()).isEqualTo(10L * retired[0]);
            epochs.advance();
            StackEnd.sweep(epochs::reclaim);
            epochs.reclaim();
            assertThat(runs[0]).isEqualTo(retired[0]);
            assertThat(epochs.heldBytes()).isZero();
        }
    }

    @Test
    void stackOverflowAnywhereLeavesNoPinBehind() throws InterruptedException {
        int[] taken = {0};
        long[] tickets = new long[100_000];
        StackEnd.sweep(() -> {
            if (taken[0] < tickets.length) {
                tickets[taken[0]] = epochs.enter();
                taken[0]++;
            }
        });
        for (int i = 0; i < taken[0]; i++) {
            epochs.leave(tickets[i]);
        }
        assertThat(epochs.horizon()).isEqualTo(epochs.current());
    }

    @Test
    void actionsRetiredByActionsWaitForTheirOwnTurn() {
        epochs.retire(1, () -> epochs.retire(2, () -> ran.add("second")));
        epochs.advance();
        assertThat(epochs.reclaim()).isEqualTo(1);
        assertThat(epochs.heldBytes()).isEqualTo(2);
        epochs.advance();
        assertThat(epochs.reclaim()).isEqualTo(1);
        assertThat(ran).containsExactly("second");
    }

    @Test
    void ageIsThatOfTheOldestPinNowWhenAnOlderOneLeaves() {
        long older = epochs.enter();
        epochs.advance();
        long younger = epochs.enter();
        epochs.advance();
        epochs.oldestPinAgeNanos();
        long bothSeenNanos = System.nanoTime();
        for (int i = 0; i < 1_000; i++) {
            epochs.advance();
            epochs.reclaim();
        }
        long atLeastNanos = (System.nanoTime() - bothSeenNanos) * 9 / 10;
        epochs.leave(older);
        assertThat(epochs.oldestPinAgeNanos()).isGreaterThanOrEqualTo(atLeastNanos);
        epochs.leave(younger);
        assertThat(epochs.oldestPinAgeNanos()).isZero();
    }

    /** Looked at once a unit of time, each time an epoch later, as long as one pin lasts. */
    @Test
    void ageOfAnyPinIsNearTheTruthAndNeverAboveItHoweverLongItWasOpen() {
        int looks = 5_000;
        for (int pinned = 1; pinned < looks; pinned += 7) {
            PinAges ages = new PinAges();
            for (int now = 2; now < looks; now++) {
                ages.oldestNanos(now, now, 1);
            }
            long age = ages.oldestNanos(looks, looks, pinned);
            long truth = (long) looks - pinned;
            assertThat(age).isBetween(truth - truth / 8 - 1, truth);
        }
    }
}
