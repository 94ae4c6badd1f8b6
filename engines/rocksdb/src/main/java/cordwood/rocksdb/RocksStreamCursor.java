package cordwood.rocksdb;

import cordwood.store.Confinement;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StreamCursor;
import java.util.concurrent.locks.ReentrantLock;
import org.rocksdb.ColumnFamilyHandle;

/**
 * A walk over the streams of a space: skips from stream to stream in data and metadata at once, in
 * the order of both, and tells each only once.
 */
final class RocksStreamCursor implements StreamCursor, Dependent {

    private enum State {
        BEFORE,
        /** Behind {@code stream}: the call that left it failed. */
        BEHIND,
        ON_STREAM,
        AFTER
    }

    /** A walk that knows the first stream at or behind where it was last sent, or the end. */
    private static final class Skip {

        private final Space space;
        private final Walk walk;
        private final OpenWalks walks;
        private boolean ended;
        private long stream;

        Skip(
                Database database,
                OpenWalks walks,
                ColumnFamilyHandle family,
                Space space,
                ReentrantLock lock) {
            this.walks = walks;
            this.space = space;
            this.walk =
                    Walk.between(
                            database,
                            family,
                            Keys.spaceStart(space),
                            Keys.spaceEnd(space.id()),
                            walks,
                            lock);
        }

        void start() {
            seek(Keys.spaceStart(space));
        }

        boolean isAtOrBefore(Skip other) {
            return !ended && (other.ended || stream <= other.stream);
        }

        /** Goes to the stream behind one; where that failed, the next call does it again. */
        void leave(long told) {
            if (ended || stream != told) {
                return;
            }
            if (told == Long.MAX_VALUE) {
                ended = true;
                return;
            }
            if (walk.isOpen() && walks.isStale(walk)) {
                walk.letGo();
            }
            seek(Keys.streamStart(space.id(), told + 1));
        }

        private void seek(byte[] target) {
            boolean found = walk.seek(target);
            if (found) {
                stream = Keys.streamOf(walk.key());
            }
            ended = !found;
        }

        void letGo() {
            walk.letGo();
        }
    }

    private final Confinement confinement = new Confinement();
    private final Database database;

    /** Calls hold it; the store's close and others in want of memory take it from other threads. */
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private final Skip data;
    private final Skip metadata;
    private State state = State.BEFORE;
    private long stream;
    private boolean closed;

    RocksStreamCursor(Database database, OpenWalks walks, Space space) {
        this.database = database;
        this.data = new Skip(database, walks, database.data(), space, lock);
        this.metadata = new Skip(database, walks, database.metadata(), space, lock);
    }

    @Override
    public boolean next() {
        lock.lock();
        try {
            requireOpen();
            if (state == State.AFTER) {
                return false;
            }
            advance();
            Skip nearer = data.isAtOrBefore(metadata) ? data : metadata;
            stream = nearer.stream;
            state = nearer.ended ? State.AFTER : State.ON_STREAM;
            if (nearer.ended) {
                free();
            }
            return !nearer.ended;
        } finally {
            lock.unlock();
        }
    }

    private void advance() {
        if (state == State.BEFORE) {
            data.start();
            metadata.start();
        } else {
            state = State.BEHIND;
            data.leave(stream);
            metadata.leave(stream);
        }
    }

    @Override
    public long stream() {
        lock.lock();
        try {
            requireOpen();
            if (state != State.ON_STREAM) {
                throw new StoreException.Invalid("the cursor is on no stream: call next() first");
            }
            return stream;
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        confinement.require();
        if (closed) {
            throw new StoreException.Closed("the cursor or its store is closed");
        }
    }

    @Override
    public void close() {
        confinement.require();
        database.forget(this);
        sever();
    }

    @Override
    public void sever() {
        lock.lock();
        try {
            closed = true;
            free();
        } finally {
            lock.unlock();
        }
    }

    private void free() {
        data.letGo();
        metadata.letGo();
    }
}
