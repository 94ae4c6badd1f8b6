package cordwood.baseline;

import cordwood.store.Confinement;
import cordwood.store.Cursor;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;

/** A walk over nothing. */
final class EmptyCursor implements Cursor {

    private final Confinement confinement = new Confinement();
    private final BaselineStore store;
    private boolean closed;

    EmptyCursor(BaselineStore store) {
        this.store = store;
    }

    @Override
    public boolean next() {
        requireOpen();
        return false;
    }

    @Override
    public long position() {
        requireOpen();
        throw new StoreException.Invalid("the cursor is on no record");
    }

    @Override
    public MemorySegment value() {
        requireOpen();
        throw new StoreException.Invalid("the cursor is on no record");
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
