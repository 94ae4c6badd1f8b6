package cordwood.baseline;

import cordwood.store.Confinement;
import cordwood.store.StoreException;
import cordwood.store.StreamCursor;
import java.util.List;

/** A walk over a list of streams made when it was opened. */
final class ListedStreamCursor implements StreamCursor {

    private final Confinement confinement = new Confinement();
    private final BaselineStore store;
    private final List<Long> streams;
    private int index = -1;
    private boolean closed;

    ListedStreamCursor(BaselineStore store, List<Long> streams) {
        this.store = store;
        this.streams = streams;
    }

    @Override
    public boolean next() {
        requireOpen();
        index = Math.min(index + 1, streams.size());
        return index < streams.size();
    }

    @Override
    public long stream() {
        requireOpen();
        if (index < 0 || index >= streams.size()) {
            throw new StoreException.Invalid("the cursor is on no stream: call next() first");
        }
        return streams.get(index);
    }

    private void requireOpen() {
        confinement.require();
        store.requireOpen();
        if (closed) {
            throw new StoreException.Closed("the cursor is closed");
        }
    }

    @Override
    public void close() {
        confinement.require();
        closed = true;
    }
}
