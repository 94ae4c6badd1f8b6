package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Metric;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreOptions;
import cordwood.store.StreamCursor;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A small store whose content follows from the code: tables of records and of attributes, blocks
 * compressed and not, several segments of the log, trims, positions below zero and out of order.
 * The golden files hold it too: changing it takes new ones.
 */
final class SampleStore {

    static final Space SPACE = new Space(3, "sample");

    private static final int STREAMS = 6;
    private static final int ROUND_RECORDS = 30;
    private static final int TABLE_ROUNDS = 2;
    private static final int LOG_ROUNDS = 3;

    private SampleStore() {}

    static LsmStore open(Disk disk, Path directory) {
        return open(disk, directory, "lz4");
    }

    private static LsmStore open(Disk disk, Path directory, String codec) {
        StoreOptions options =
                Fixtures.options(
                        directory,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        "256KiB",
                        "wal-segment-size",
                        "64KiB",
                        "block-size",
                        "1KiB",
                        "compression",
                        codec);
        return LsmStore.open(options, LsmEnvironment.on(disk));
    }

    /** Writes everything and closes the store. */
    static void write(Disk disk, Path directory) {
        try (LsmStore store = open(disk, directory)) {
            write(store);
        }
    }

    /** The same, where some tables come out of a compaction and others do not. */
    static void writeCompacted(Disk disk, Path directory) {
        try (LsmStore store = open(disk, directory)) {
            writeRound(store, 0);
            store.flush();
            store.compact();
            assertThat(store.metrics().value(Metric.COMPACTION_WRITE_BYTES)).isPositive();
            write(store, 1);
        }
    }

    /** The same in two lives, with blocks of every codec that needs no native code. */
    static void writeOfEveryCodec(Disk disk, Path directory) {
        try (LsmStore store = open(disk, directory, "deflate")) {
            writeRound(store, 0);
            store.flush();
        }
        try (LsmStore store = open(disk, directory)) {
            write(store, 1);
        }
    }

    /** Writes everything: some of it ends up in tables, the rest in the log. */
    static void write(LsmStore store) {
        write(store, 0);
    }

    private static void write(LsmStore store, int from) {
        for (int round = from; round < TABLE_ROUNDS; round++) {
            writeRound(store, round);
            store.flush();
        }
        for (int round = 0; round < LOG_ROUNDS; round++) {
            writeRound(store, TABLE_ROUNDS + round);
        }
    }

    private static void writeRound(LsmStore store, int round) {
        for (long stream = -1; stream < STREAMS - 1; stream++) {
            try (WriteBatch batch = store.newBatch()) {
                for (int i = ROUND_RECORDS - 1; i >= 0; i--) {
                    int nth = stream % 2 == 0 ? ROUND_RECORDS - 1 - i : i;
                    long position = position(round, nth);
                    batch.put(SPACE, stream, position, value(stream, position));
                }
                batch.attribute(SPACE, stream, round, Bytes.of("round " + round));
                store.append(batch, Durability.DURABLE).await();
            }
        }
        try (WriteBatch batch = store.newBatch()) {
            batch.trim(SPACE, 2, trimPoint(round));
            store.append(batch, Durability.DURABLE).await();
        }
    }

    private static long position(int round, int nth) {
        return -50 + round * 1_000L + nth * 3L;
    }

    private static long trimPoint(int round) {
        return position(round, ROUND_RECORDS / 2);
    }

    /** Streams of even number compress, the others do not. */
    private static MemorySegment value(long stream, long position) {
        int bytes = (int) Math.floorMod(stream * 31 + position * 7, 40L);
        return stream % 2 == 0
                ? Bytes.of(("stream " + stream + " ").repeat(bytes).substring(0, bytes))
                : Bytes.random(stream * 1_000_003 + position, bytes);
    }

    /** What {@link #content} finds in the whole store. */
    static Map<String, String> expected() {
        Map<String, String> expected = new TreeMap<>();
        int rounds = TABLE_ROUNDS + LOG_ROUNDS;
        for (long stream = -1; stream < STREAMS - 1; stream++) {
            long trimmedTo = stream == 2 ? trimPoint(rounds - 1) : Long.MIN_VALUE;
            for (int round = 0; round < rounds; round++) {
                for (int nth = 0; nth < ROUND_RECORDS; nth++) {
                    long position = position(round, nth);
                    if (position > trimmedTo) {
                        expected.put(stream + "/" + position, hex(value(stream, position)));
                    }
                }
                expected.put(stream + "/attribute " + round, hex(Bytes.of("round " + round)));
            }
            if (stream == 2) {
                expected.put(stream + "/trimmed", Long.toString(trimmedTo));
            }
        }
        return expected;
    }

    /** Everything that can be read. */
    static Map<String, String> content(LsmStore store) {
        Map<String, String> content = new TreeMap<>();
        try (StreamCursor streams = store.streams(SPACE)) {
            while (streams.next()) {
                addStream(store, streams.stream(), content);
            }
        }
        return content;
    }

    private static void addStream(LsmStore store, long stream, Map<String, String> content) {
        try (Cursor cursor =
                store.read(SPACE, stream, Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD)) {
            while (cursor.next()) {
                content.put(stream + "/" + cursor.position(), hex(cursor.value()));
            }
        }
        for (int id = 0; id < TABLE_ROUNDS + LOG_ROUNDS; id++) {
            @Nullable MemorySegment value = store.attribute(SPACE, stream, id);
            if (value != null) {
                content.put(stream + "/attribute " + id, hex(value));
            }
        }
        var trimmedTo = store.bounds(SPACE, stream).trimmedTo();
        if (trimmedTo != Long.MIN_VALUE) {
            content.put(stream + "/trimmed", Long.toString(trimmedTo));
        }
    }

    private static String hex(MemorySegment value) {
        return HexFormat.of().formatHex(Bytes.array(value));
    }

    /** Opens a store and holds what it reads against what was written. */
    static void assertWhole(Disk disk, Path directory) {
        try (LsmStore store = open(disk, directory)) {
            assertThat(content(store)).isEqualTo(expected());
        }
    }
}
