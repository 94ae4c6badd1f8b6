package cordwood.loglet;

import static cordwood.loglet.LogletFixture.LOGLET;
import static cordwood.loglet.LogletFixture.SEQUENCER;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.baseline.ModelState;
import cordwood.baseline.ModelStore;
import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.testkit.Bytes;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.SeededSteps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A sequencer that pipelines, repeats and starts over at the tail, against a store that refuses
 * groups at random, with every step of worker and committer picked from the seed: what was
 * acknowledged is there, what was not is not, and there is no hole.
 */
@ExtendWith(SeedExtension.class)
class RandomRefusalsTest {

    private static final int HISTORIES = Boolean.getBoolean("cordwood.long") ? 3_000 : 200;

    @Test
    void acknowledgedRecordsAreThereWithoutHoles(Seed seed) {
        for (int i = 0; i < HISTORIES; i++) {
            new History(seed.child(i)).run();
        }
    }

    /** A store that was sent, and its answer. */
    private static final class Sent implements ReplyTo {
        final long first;
        final List<LogRecord> records;
        Status status = Status.UNKNOWN;
        long localTail;
        int answers;

        Sent(long first, List<LogRecord> records) {
            this.first = first;
            this.records = records;
        }

        @Override
        public void reply(Response response) {
            status = response.header().status();
            localTail = response.header().localTail();
            answers++;
        }
    }

    private static final class History {

        private final SplittableRandom random;
        private final SeededSteps steps;
        private final RelayStore store;
        private final LogletServer server;
        private final LogletWorker worker;
        private final TreeMap<Long, String> acknowledged = new TreeMap<>();
        private final List<Sent> outstanding = new ArrayList<>();
        private long next = LogletOffset.OLDEST;
        private long knownTail = LogletOffset.OLDEST;

        History(Seed seed) {
            random = seed.random();
            steps = new SeededSteps(seed);
            store = new RelayStore(ModelStore.open(new ModelState(), false), steps);
            store.refuseWith(() ->
                    random.nextInt(4) == 0 ? new StoreException.Full("at random", null) : null);
            server =
                    LogletServer.open(
                            store,
                            LogletOptions.DEFAULTS
                                    .withReadBytesMax(1 << 20, 1 << 20)
                                    .withGlobalTailPersistInterval(Duration.ofHours(1))
                                    .withClock(() -> Instant.EPOCH)
                                    .withSteps(steps));
            worker = server.worker(LOGLET);
        }

        void run() {
            for (int i = 0; i < 60; i++) {
                act();
                steps.runSome(12);
                collect();
            }
            store.refuseWith(() -> null);
            startOver();
            Sent last = send(next, 2);
            steps.runAll();
            assertThat(last.status).as("it goes on").isEqualTo(Status.OK);
            collect();
            check();
            server.beginClose();
            steps.runAll();
            server.close();
            store.close();
        }

        private void act() {
            int kind = random.nextInt(10);
            if (kind < 6) {
                send(next, 1 + random.nextInt(4));
            } else if (kind < 8 && !outstanding.isEmpty()) {
                Sent again = outstanding.get(random.nextInt(outstanding.size()));
                submit(new Sent(again.first, again.records));
            } else if (kind < 9) {
                next = knownTail;
            } else {
                startOver();
            }
        }

        private Sent send(long first, int count) {
            next = first + count;
            return submit(new Sent(first, LogletFixture.records(first, count)));
        }

        private Sent submit(Sent sent) {
            outstanding.add(sent);
            worker.submit(
                    SEQUENCER,
                    new Request.Store(
                            RequestHeader.of(LOGLET), 0, 0, sent.first, SEQUENCER, sent.records),
                    sent);
            return sent;
        }

        /** Waits for all answers, and goes on where the loglet ends. */
        private void startOver() {
            steps.runAll();
            collect();
            assertThat(outstanding).as("unanswered").isEmpty();
            next = acknowledged.isEmpty() ? LogletOffset.OLDEST : acknowledged.lastKey() + 1;
        }

        private void collect() {
            outstanding.removeIf(sent -> {
                if (sent.answers == 0) {
                    return false;
                }
                assertThat(sent.answers).isEqualTo(1);
                knownTail = Math.max(knownTail, sent.localTail);
                if (sent.status == Status.OK) {
                    acknowledge(sent);
                } else {
                    assertThat(sent.status).isIn(Status.DROPPED, Status.OUT_OF_BOUNDS);
                }
                return true;
            });
        }

        private void acknowledge(Sent sent) {
            for (int i = 0; i < sent.records.size(); i++) {
                acknowledged.put(sent.first + i, Bytes.text(sent.records.get(i).body()));
            }
        }

        private void check() {
            TreeMap<Long, String> found = new TreeMap<>();
            RecordDecoder decoder = new RecordDecoder(LOGLET);
            try (Cursor cursor =
                    store.read(
                            AttributeDescriptor.SPACE,
                            LOGLET,
                            LogletOffset.OLDEST,
                            LogletOffset.MAX,
                            Order.FORWARD)) {
                while (cursor.next()) {
                    decoder.wrap(cursor.position(), cursor.value());
                    found.put(cursor.position(), Bytes.text(decoder.record().body()));
                }
            }
            assertThat(found).isEqualTo(acknowledged);
            if (!found.isEmpty()) {
                assertThat(found.firstKey()).isEqualTo(LogletOffset.OLDEST);
                assertThat(found.lastKey()).as("no hole").isEqualTo(found.size());
            }
            assertThat(server.inFlightBytes()).isZero();
        }
    }
}
