package cordwood.bench.read;

import cordwood.bench.payload.PayloadPlaces;
import cordwood.bench.payload.PayloadPool;
import cordwood.bench.workload.BenchSpaces;
import cordwood.bench.workload.StoreNote;
import cordwood.store.Space;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds what is read against what was written: every byte of a body, at its place. Immutable, and
 * shared by all readers.
 */
final class RecordCheck {

    /** What {@link #bodyBytes} says of a record that nobody wrote there. */
    static final int WRONG = -1;

    private static final long EQUAL = -1;

    /** The records of one payload. */
    private record Written(
            Space space, PayloadPlaces places, List<MemorySegment> bodies, int headBytes) {

        static Written of(StoreNote note) {
            PayloadPool pool = note.pool();
            List<MemorySegment> bodies = new ArrayList<>();
            for (int i = 0; i < pool.places().recordCount(); i++) {
                bodies.add(pool.record(i).body());
            }
            int keyCount = pool.summary().keyStyle().keyCount();
            return new Written(
                    note.space(),
                    pool.places(),
                    bodies,
                    BenchSpaces.headBytes(note.space(), keyCount));
        }

        int bodyBytes(long stream, long position, MemorySegment value) {
            MemorySegment body = bodies.get(places.indexAt(stream, position));
            long valueBytes = value.byteSize();
            boolean isWritten =
                    valueBytes == headBytes + body.byteSize()
                            && MemorySegment.mismatch(
                                            value, headBytes, valueBytes, body, 0, body.byteSize())
                                    == EQUAL;
            return isWritten ? (int) body.byteSize() : WRONG;
        }
    }

    private final List<Written> loglets;
    private final List<Written> streams;

    /** Makes the payloads up, or reads them, once more. */
    RecordCheck(List<StoreNote> notes) {
        List<Written> all = notes.stream().map(Written::of).toList();
        this.loglets = of(BenchSpaces.LOGLETS, all);
        this.streams = of(BenchSpaces.STREAMS, all);
    }

    private static List<Written> of(Space space, List<Written> all) {
        return all.stream().filter(written -> written.space().equals(space)).toList();
    }

    /** Bytes of the body of a record as it was written there, or {@link #WRONG}. */
    int bodyBytes(Space space, long stream, long position, MemorySegment value) {
        List<Written> candidates = space.id() == BenchSpaces.LOGLETS.id() ? loglets : streams;
        for (int i = 0; i < candidates.size(); i++) {
            int bytes = candidates.get(i).bodyBytes(stream, position, value);
            if (bytes != WRONG) {
                return bytes;
            }
        }
        return WRONG;
    }
}
