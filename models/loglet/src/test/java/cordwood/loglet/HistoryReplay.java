package cordwood.loglet;

import cordwood.loglet.LogletFixture.Asked;
import cordwood.store.StreamStore;
import cordwood.testkit.Bytes;
import cordwood.testkit.Poll;
import cordwood.testkit.SeededSteps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Does steps to loglets on a store and says, as text, what was observed. */
final class HistoryReplay implements AutoCloseable {

    private final Supplier<StreamStore> opener;
    private final @Nullable SeededSteps steps;
    private final LogletOptions options;
    private StreamStore store;
    private LogletServer server;

    private final TreeSet<Long> loglets = new TreeSet<>();
    private final List<Asked> stores = new ArrayList<>();
    private final List<Asked> waiters = new ArrayList<>();

    /** Loglets on threads of their own. */
    HistoryReplay(Supplier<StreamStore> opener) {
        this(opener, null);
    }

    /** Loglets whose steps, and those of their store, the replay runs itself. */
    HistoryReplay(Supplier<StreamStore> opener, @Nullable SeededSteps steps) {
        this.opener = opener;
        this.steps = steps;
        this.options =
                LogletOptions.DEFAULTS
                        .withInFlightBytesMax(16 << 20)
                        .withReadBytesMax(64 << 10, 16 << 20)
                        .withGlobalTailPersistInterval(Duration.ofHours(1))
                        .withClock(() -> Instant.parse("2026-11-20T10:00:00Z"))
                        .withSteps(steps == null ? LogletOptions.DEFAULTS.steps() : steps);
        this.store = opener.get();
        this.server = LogletServer.open(store, options);
    }

    String run(HistoryStep step) {
        return switch (step) {
            case HistoryStep.Store written -> {
                stores.add(submit(written.peer(), written.request()));
                yield "";
            }
            case HistoryStep.Await waiting -> {
                settle();
                waiters.add(submit(LogletFixture.OTHER, waiting.request()));
                yield settle();
            }
            case HistoryStep.Ask(Request.Release release) -> {
                submit(LogletFixture.OTHER, release);
                yield "";
            }
            case HistoryStep.Ask asked -> {
                String before = settle();
                Asked answer = submit(LogletFixture.OTHER, asked.request());
                await(answer);
                yield before + words(answer.response());
            }
            case HistoryStep.Reopen _ -> {
                String before = settle();
                close();
                yield before + reopened();
            }
            case HistoryStep.Crash _ -> {
                String before = settle();
                store.close();
                close();
                yield before + reopened();
            }
        };
    }

    private Asked submit(NodeId peer, Request request) {
        Asked asked = new Asked();
        long loglet = request.header().logletId();
        loglets.add(loglet);
        server.worker(loglet).submit(peer, request, asked);
        return asked;
    }

    private void await(Asked asked) {
        if (steps != null) {
            Poll.until(
                    "the answer is there",
                    () -> {
                        steps.runAll();
                        return asked.isAnswered();
                    });
        }
        asked.response();
    }

    /** Waits for all stores, and says how they and the waiters fared. */
    private String settle() {
        StringBuilder seen = new StringBuilder();
        for (Asked asked : stores) {
            await(asked);
            seen.append(asked.status()).append(' ');
        }
        stores.clear();
        for (long loglet : loglets) {
            await(submit(LogletFixture.OTHER, new Request.GetLogletInfo(RequestHeader.of(loglet))));
        }
        for (Asked waiter : waiters) {
            seen.append(waiter.isAnswered() ? waiter.status() : "waiting").append(' ');
        }
        return seen.toString();
    }

    private String reopened() {
        String last =
                waiters.stream().map(waiter -> waiter.status() + " ").reduce("", String::concat);
        waiters.clear();
        store = opener.get();
        server = LogletServer.open(store, options);
        return last;
    }

    private static String words(Response response) {
        StringBuilder words = new StringBuilder(response.header().toString());
        switch (response) {
            case Response.Records records -> {
                words.append(" next ").append(records.nextOffset());
                for (RecordEntry entry : records.entries()) {
                    words.append(' ').append(words(entry));
                }
            }
            case Response.Digest digest ->
                    words.append(digest.entries()).append(" next ").append(digest.nextOffset());
            case Response.LogletInfo info -> words.append(" trim point ").append(info.trimPoint());
            case Response.Stored _,
                    Response.Sealed _,
                    Response.Trimmed _,
                    Response.TailUpdated _ -> {}
        }
        return words.toString();
    }

    private static String words(RecordEntry entry) {
        return switch (entry) {
            case RecordEntry.Data(long offset, LogRecord record) -> {
                CRC32C checksum = new CRC32C();
                checksum.update(Bytes.array(record.body()));
                yield "%d=%d,%s,%d bytes #%x"
                        .formatted(
                                offset,
                                record.createdAtNanos(),
                                record.keys(),
                                record.body().byteSize(),
                                checksum.getValue());
            }
            case RecordEntry.TrimGap gap -> gap.toString();
            case RecordEntry.FilteredGap gap -> gap.toString();
        };
    }

    @Override
    public void close() {
        server.beginClose();
        if (steps != null) {
            steps.runAll();
        }
        server.close();
        store.close();
    }
}
