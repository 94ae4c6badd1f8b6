package cordwood.testkit;

import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StreamCursor;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An open store and short words for what tests do with it. Values are texts. */
public final class StoreUnderTest implements AutoCloseable {

    /** The space that tests use unless they need two. */
    public static final Space SPACE = new Space(7, "test");

    /** A space whose streams must not meet those of {@link #SPACE}. */
    public static final Space OTHER_SPACE = new Space(8, "other");

    private static final List<Durability> LEVELS = List.of(Durability.values());

    private final Supplier<StreamStore> opener;
    private final Consumer<Commit> awaiter;
    private final Queue<WriteBatch> batches = new ConcurrentLinkedQueue<>();
    private @Nullable StreamStore open;

    /**
     * A store that {@code opener} opens, and opens again on the same data. Opened when first used.
     */
    public StoreUnderTest(Supplier<StreamStore> opener) {
        this(opener, Commit::await);
    }

    /** As above for a store whose commits need help to get done: its steps are run by the test. */
    public StoreUnderTest(Supplier<StreamStore> opener, Consumer<Commit> awaiter) {
        this.opener = opener;
        this.awaiter = awaiter;
    }

    /** One of the levels, all of them in turn as {@code index} rises. */
    public static Durability level(int index) {
        return LEVELS.get(index % LEVELS.size());
    }

    /** The open store. */
    public StreamStore store() {
        StreamStore store = open;
        if (store == null) {
            store = opener.get();
            open = store;
        }
        return store;
    }

    /** A new batch, closed with the store at the latest. */
    public WriteBatch newBatch() {
        WriteBatch batch = store().newBatch();
        batches.add(batch);
        return batch;
    }

    /** Closes the store and opens it again. */
    public StreamStore reopen() {
        close();
        return store();
    }

    /** Waits for a commit, and throws its failure if it has one. */
    public void await(Commit commit) {
        awaiter.accept(commit);
    }

    /** Fills a new batch, appends it and waits for it. */
    public Commit write(Durability level, Consumer<WriteBatch> filler) {
        try (WriteBatch batch = store().newBatch()) {
            filler.accept(batch);
            Commit commit = store().append(batch, level);
            await(commit);
            return commit;
        }
    }

    /** As {@link #write(Durability, Consumer)}, at {@code WRITTEN}. */
    public Commit write(Consumer<WriteBatch> filler) {
        return write(Durability.WRITTEN, filler);
    }

    /** Puts one record. */
    public void put(long stream, long position, String text) {
        write(batch -> batch.put(SPACE, stream, position, Bytes.of(text)));
    }

    /** Puts records whose text is their position. */
    public void putEach(long stream, long... positions) {
        write(batch -> {
            for (long position : positions) {
                batch.put(SPACE, stream, position, Bytes.of(String.valueOf(position)));
            }
        });
    }

    /** Trims a stream. */
    public void trim(long stream, long to) {
        write(batch -> batch.trim(SPACE, stream, to));
    }

    /** The texts of a whole stream, in rising order of position. */
    public List<String> texts(long stream) {
        return texts(SPACE, stream);
    }

    /** The texts of a whole stream, in rising order of position. */
    public List<String> texts(Space space, long stream) {
        List<String> texts = new ArrayList<>();
        try (Cursor cursor =
                store().read(space, stream, Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD)) {
            while (cursor.next()) {
                texts.add(Bytes.text(cursor.value()));
            }
        }
        return texts;
    }

    /** The positions of a range, in the order of the walk. */
    public List<Long> positions(long stream, long from, long to, Order order) {
        List<Long> positions = new ArrayList<>();
        try (Cursor cursor = store().read(SPACE, stream, from, to, order)) {
            while (cursor.next()) {
                positions.add(cursor.position());
            }
        }
        return positions;
    }

    /** The positions of a whole stream, rising. */
    public List<Long> positions(long stream) {
        return positions(stream, Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD);
    }

    /** The streams of a space, in the order of the walk. */
    public List<Long> streams(Space space) {
        List<Long> streams = new ArrayList<>();
        try (StreamCursor cursor = store().streams(space)) {
            while (cursor.next()) {
                streams.add(cursor.stream());
            }
        }
        return streams;
    }

    @Override
    public void close() {
        StreamStore store = open;
        open = null;
        if (store != null) {
            store.close();
            batches.forEach(WriteBatch::close);
            batches.clear();
        }
    }
}
