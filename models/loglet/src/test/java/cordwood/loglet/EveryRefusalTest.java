package cordwood.loglet;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.baseline.ModelState;
import cordwood.baseline.ModelStore;
import cordwood.lsm.LsmProvider;
import cordwood.rocksdb.RocksProvider;
import cordwood.store.StepExecutor;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The n-th call of the store, or group of its committer, is refused, once and for a while, for want
 * of memory or of room, while a sequencer stores, trims, reads and waits: every request is answered
 * once, what was acknowledged is there, what was not has no effect, and the loglet goes on.
 */
@Tag("trial")
final class EveryRefusalTest {

    private static final int NTH = Boolean.getBoolean("cordwood.long") ? 1 : 6;
    private static final int[] REFUSALS = {1, 6};

    /** What the loglet is on. */
    enum Engine {
        MODEL,
        LSM,
        ROCKSDB
    }

    /** Why a call is refused. */
    enum Why {
        MEMORY,
        ROOM;

        StoreException refusal() {
            return switch (this) {
                case MEMORY -> new StoreException.Busy("memory is short");
                case ROOM -> new StoreException.Full("the disk is full", null);
            };
        }
    }

    @TempDir private Path root;
    private int directories;

    @ParameterizedTest
    @EnumSource
    void refusalAnywhereLeavesTruthfulAnswersAndALogletThatGoesOn(Engine engine) {
        int calls = new History(open(engine), () -> null).run();
        assertThat(calls).isGreaterThan(40);
        for (Why why : Why.values()) {
            for (int refusals : REFUSALS) {
                for (int n = 0; n < calls; n += NTH) {
                    AtomicInteger left = new AtomicInteger(refusals);
                    AtomicInteger before = new AtomicInteger(n);
                    new History(
                                    open(engine),
                                    () ->
                                            before.getAndDecrement() <= 0
                                                            && left.getAndDecrement() > 0
                                                    ? why.refusal()
                                                    : null)
                            .run();
                }
            }
        }
    }

    private StreamStore open(Engine engine) {
        return switch (engine) {
            case MODEL -> ModelStore.open(new ModelState(), false);
            case LSM -> open(new LsmProvider());
            case ROCKSDB -> open(new RocksProvider());
        };
    }

    private StreamStore open(StoreProvider provider) {
        Path directory = root.resolve("store" + ++directories);
        return provider.open(
                new StoreOptions(directory, StoreOptions.MEMORY_BUDGET_BYTES_MIN, Map.of()));
    }

    private static final class History {

        private static final int ROUNDS = 8;
        private static final int STORES_PER_ROUND = 3;

        private final AtomicInteger calls = new AtomicInteger();
        private final RelayStore store;
        private final LogletServer server;
        private final LogletWorker worker;
        private long next = LogletOffset.OLDEST;
        private long trimmed = LogletOffset.INVALID;

        History(StreamStore behind, Supplier<@Nullable StoreException> refusal) {
            store = new RelayStore(behind, StepExecutor.virtualThreads());
            server = LogletServer.open(store, LogletOptions.DEFAULTS);
            worker = server.worker(LogletFixture.LOGLET);
            Supplier<@Nullable StoreException> counted =
                    () -> {
                        calls.incrementAndGet();
                        return refusal.get();
                    };
            store.refuseWith(counted);
            store.refuseCallsWith(counted);
        }

        /** Lives, and answers how many calls that took. */
        int run() {
            try (store;
                    server) {
                for (int round = 0; round < ROUNDS; round++) {
                    storeSome();
                    read();
                    if (round % 2 == 1) {
                        trim();
                    }
                }
                int before = calls.get();
                store.refuseWith(() -> null);
                store.refuseCallsWith(() -> null);
                LogletFixture.Asked last = ask(LogletFixture.store(next, 1));
                assertThat(last.status()).as("it goes on").isEqualTo(Status.OK);
                next++;
                assertThat(words()).isEqualTo(expected());
                assertThat(ask(LogletFixture.seal()).status()).isEqualTo(Status.OK);
                assertThat(server.inFlightBytes()).isZero();
                return before;
            }
        }

        private LogletFixture.Asked ask(Request request) {
            LogletFixture.Asked asked = new LogletFixture.Asked();
            worker.submit(LogletFixture.SEQUENCER, request, asked);
            return asked;
        }

        /** Stores in a row, of which the first that is refused takes the later ones along. */
        private void storeSome() {
            List<LogletFixture.Asked> stores = new ArrayList<>();
            for (int i = 0; i < STORES_PER_ROUND; i++) {
                stores.add(ask(LogletFixture.store(next + 2L * i, 2)));
            }
            LogletFixture.Asked waiter =
                    ask(LogletFixture.waitFor(new TailQuery.LocalTail(next + 2)));
            boolean refused = false;
            for (LogletFixture.Asked stored : stores) {
                Status status = stored.status();
                assertThat(status).isIn(Status.OK, Status.DROPPED, Status.OUT_OF_BOUNDS);
                assertThat(refused && status == Status.OK).as("a hole").isFalse();
                refused |= status != Status.OK;
                next += status == Status.OK ? 2 : 0;
            }
            while (!waiter.isAnswered()) { // it waits for what was refused
                LogletFixture.Asked again = ask(LogletFixture.store(next, 2));
                next += again.status() == Status.OK ? 2 : 0;
            }
            assertThat(waiter.status()).isEqualTo(Status.OK);
        }

        private void trim() {
            Status status = ask(LogletFixture.trim(next - 3)).status();
            assertThat(status).isIn(Status.OK, Status.DROPPED);
            trimmed = status == Status.OK ? next - 3 : trimmed;
        }

        private void read() {
            Response response = ask(everything()).response();
            if (response.header().status() == Status.OK) {
                assertThat(LogletFixture.words((Response.Records) response)).isEqualTo(expected());
            } else {
                assertThat(response.header().status()).isEqualTo(Status.DROPPED);
            }
        }

        private static Request.GetRecords everything() {
            return LogletFixture.read(LogletOffset.OLDEST, LogletOffset.MAX);
        }

        private String words() {
            return LogletFixture.words((Response.Records) ask(everything()).response());
        }

        private String expected() {
            StringBuilder words = new StringBuilder();
            if (trimmed != LogletOffset.INVALID) {
                words.append("T1-").append(trimmed).append(' ');
            }
            for (long offset = Math.max(trimmed, 0) + 1; offset < next; offset++) {
                words.append(offset).append(' ');
            }
            return words + "next " + next;
        }
    }
}
