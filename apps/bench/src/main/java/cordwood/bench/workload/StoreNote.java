package cordwood.bench.workload;

import cordwood.bench.BenchException;
import cordwood.bench.json.Json;
import cordwood.bench.json.JsonException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.payload.PayloadPool;
import cordwood.bench.payload.PayloadSource;
import cordwood.bench.run.ConfigCodec;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.store.Durability;
import cordwood.store.Space;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code write-throughput} put into a store, kept in the store: from which payload each record
 * is, and how many there must be at least. A record's place tells which one of the payload it is
 * ({@link cordwood.bench.payload.PayloadPlaces}).
 *
 * <p>A note is an attribute, as JSON in UTF-8, of stream 0 of the bench's space; there is one for
 * each payload, with rising identities. docs/format/bench-note.md
 *
 * @param space where the records are
 * @param payload where they come from
 * @param poolBytesMax heap that the pool could take, which limits how many there are
 * @param checksum of the bodies of the pool
 * @param recordCount records acknowledged so far, or {@link #UNKNOWN}
 */
public record StoreNote(
        Space space, PayloadSource payload, long poolBytesMax, long checksum, long recordCount) {

    /** The count while a run is under way, and of one that was killed. */
    public static final long UNKNOWN = -1;

    /** What a run is about to write. */
    public static StoreNote of(WriteThroughputConfig config, PayloadPool pool) {
        return new StoreNote(
                config.pattern().isOfStreams() ? BenchSpaces.STREAMS : BenchSpaces.LOGLETS,
                config.payload().atAbsolutePath(),
                config.poolBytesMax(),
                pool.summary().bodyChecksum(),
                UNKNOWN);
    }

    /** The notes of a store, by rising identity; none where no run wrote it. */
    public static List<StoreNote> of(StreamStore store) {
        List<StoreNote> notes = new ArrayList<>();
        for (int id = 0; id <= WriteBatch.ATTRIBUTE_ID_MAX; id++) {
            MemorySegment text = store.attribute(BenchSpaces.STREAMS, BenchSpaces.NOTES, id);
            if (text == null) {
                break;
            }
            notes.add(decode(text));
        }
        return notes;
    }

    /**
     * The payload again.
     *
     * @throws BenchException of kind usage when its file is not what it was
     */
    public PayloadPool pool() {
        PayloadPool pool = PayloadPool.load(payload, poolBytesMax, 0);
        if (pool.summary().bodyChecksum() != checksum) {
            throw BenchException.usage(
                    "the payload of the records in the store is gone: the file it was from has changed: %s"
                            .formatted(payload));
        }
        return pool;
    }

    /** Puts the note under an identity, and waits. */
    public void write(StreamStore store, int id, Durability level) {
        try (WriteBatch batch = store.newBatch()) {
            byte[] text = Json.write(encode()).getBytes(StandardCharsets.UTF_8);
            batch.attribute(
                    BenchSpaces.STREAMS, BenchSpaces.NOTES, id, MemorySegment.ofArray(text));
            store.append(batch, level).await();
        }
    }

    /** The same with another count. */
    public StoreNote withRecordCount(long count) {
        return new StoreNote(space, payload, poolBytesMax, checksum, count);
    }

    private JsonObject encode() {
        JsonObject json =
                new JsonObject()
                        .put("loglets", space.equals(BenchSpaces.LOGLETS))
                        .put("pool_bytes_max", poolBytesMax)
                        .put("payload_checksum", checksum)
                        .put("records", recordCount == UNKNOWN ? null : recordCount);
        ConfigCodec.encodePayload(payload, json);
        return json;
    }

    private static StoreNote decode(MemorySegment text) {
        try {
            JsonObject json =
                    Json.read(
                            new String(
                                    text.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
            return new StoreNote(
                    json.isTrue("loglets") ? BenchSpaces.LOGLETS : BenchSpaces.STREAMS,
                    ConfigCodec.decodePayload(json),
                    json.whole("pool_bytes_max"),
                    json.whole("payload_checksum"),
                    json.has("records") ? json.whole("records") : UNKNOWN);
        } catch (JsonException e) {
            throw BenchException.usage(
                    "the store's note of what write-throughput put there cannot be read: "
                            + e.getMessage(),
                    e);
        }
    }
}
