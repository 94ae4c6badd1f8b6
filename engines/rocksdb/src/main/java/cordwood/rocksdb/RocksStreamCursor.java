package cordwood.rocksdb;

import cordwood.store.Confinement;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StreamCursor;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;

/**
 * A walk over the streams of a space: skips from stream to stream in data and metadata at once, in
 * the order of both, and tells each only once.
 */
final class RocksStreamCursor implements StreamCursor, Dependent {

    /** A walk that stands on the first key of a stream, or at the end. */
    private static final class Skip implements AutoCloseable {

        private final Space space;
        private final Walk walk;
        private final long pinNanosMax;
        private boolean ended;
        private long stream;

        Skip(Database database, ColumnFamilyHandle family, Space space, long pinNanosMax) {
            this.pinNanosMax = pinNanosMax;
            this.space = space;
            this.walk =
                    Walk.between(
                            database, family, Keys.spaceStart(space), Keys.spaceEnd(space.id()));
        }

        void start() {
            arrive(walk.seek(Keys.spaceStart(space)));
        }

        boolean isAtOrBefore(Skip other) {
            return !ended && (other.ended || stream <= other.stream);
        }

        void leave(long told) {
            if (ended || stream != told) {
                return;
            }
            if (told == Long.MAX_VALUE) {
                ended = true;
                return;
            }
            if (walk.isOlderThan(pinNanosMax)) {
                walk.renew();
            }
            arrive(walk.seek(Keys.streamStart(space.id(), told + 1)));
        }

        private void arrive(boolean found) {
            ended = !found;
            if (found) {
                stream = Keys.streamOf(walk.key());
            }
        }

        @Override
        public void close() {
            walk.close();
        }
    }

    private final Confinement confinement = new Confinement();
    private final Database database;

    // guarded by this: the store's close severs the walk from another thread
    private @Nullable Skip data;
    private @Nullable Skip metadata;
    private boolean started;
    private boolean onStream;
    private long stream;

    RocksStreamCursor(Database database, Space space, long pinNanosMax) {
        this.database = database;
        this.data = new Skip(database, database.data(), space, pinNanosMax);
        this.metadata = new Skip(database, database.metadata(), space, pinNanosMax);
    }

    @Override
    public synchronized boolean next() {
        confinement.require();
        Skip records = require(data);
        Skip attributes = require(metadata);
        if (!started) {
            started = true;
            records.start();
            attributes.start();
        } else if (onStream) {
            records.leave(stream);
            attributes.leave(stream);
        }
        Skip nearer = records.isAtOrBefore(attributes) ? records : attributes;
        onStream = !nearer.ended;
        stream = nearer.stream;
        return onStream;
    }

    @Override
    public synchronized long stream() {
        confinement.require();
        require(data);
        if (!onStream) {
            throw new StoreException.Invalid("the cursor is on no stream: call next() first");
        }
        return stream;
    }

    private static Skip require(@Nullable Skip skip) {
        if (skip == null) {
            throw new StoreException.Closed("the cursor or its store is closed");
        }
        return skip;
    }

    @Override
    public void close() {
        confinement.require();
        database.forget(this);
        sever();
    }

    @Override
    public synchronized void sever() {
        Skip records = data;
        Skip attributes = metadata;
        data = null;
        metadata = null;
        if (records != null) {
            records.close();
        }
        if (attributes != null) {
            attributes.close();
        }
    }
}
