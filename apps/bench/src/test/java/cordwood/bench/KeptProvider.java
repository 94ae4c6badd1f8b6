package cordwood.bench;

import cordwood.baseline.ModelProvider;
import cordwood.store.Cursor;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamBounds;
import cordwood.store.StreamStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A store on the heap that outlives its closing, and may be told to lie. */
public final class KeptProvider implements StoreProvider {

    private final StreamStore store;
    private final AtomicInteger openings = new AtomicInteger();
    private volatile UnaryOperator<Cursor> cursors = cursor -> cursor;
    private volatile UnaryOperator<StreamBounds> bounds = held -> held;

    public KeptProvider() {
        store = new ModelProvider().open(StoreOptions.in(Path.of("kept")));
    }

    /** From now on reads are what becomes of them here. */
    public void lieInReads(UnaryOperator<Cursor> lie) {
        cursors = lie;
    }

    /** From now on bounds are what becomes of them here. */
    public void lieOfBounds(UnaryOperator<StreamBounds> lie) {
        bounds = lie;
    }

    /** How often it was opened. */
    public int openings() {
        return openings.get();
    }

    @Override
    public String name() {
        return "kept";
    }

    @Override
    public String summary() {
        return "for tests";
    }

    @Override
    public Set<String> optionKeys() {
        return Set.of();
    }

    @Override
    public List<Setting> explain(StoreOptions options) {
        return List.of();
    }

    @Override
    public StreamStore open(StoreOptions options) {
        openings.incrementAndGet();
        try {
            Files.createDirectories(options.directory());
            Files.writeString(options.directory().resolve("file"), "not empty");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new View();
    }

    private final class View extends ForwardingStore {

        View() {
            super(store);
        }

        @Override
        public Cursor read(Space space, long stream, long from, long to, Order order) {
            return cursors.apply(super.read(space, stream, from, to, order));
        }

        @Override
        public StreamBounds bounds(Space space, long stream) {
            return bounds.apply(super.bounds(space, stream));
        }

        @Override
        public void close() {}
    }
}
