package cordwood.rocksdb;

import cordwood.store.StreamBounds;
import org.jspecify.annotations.Nullable;

/**
 * The trim points of the streams written lately, so that the committer need not ask the database
 * about each batch. Confined to the committing step.
 *
 * <p>Each stream has one place it may be in; a stream that is not there is asked for and takes the
 * place over, so the memory is bounded whatever the number of streams. The trims of the group that
 * is being prepared are in force for what comes after them, and apart until the group is written.
 */
final class TrimPoints {

    /** Where the trim points are stored. */
    @FunctionalInterface
    interface Source {
        /** The stored trim point, or {@link StreamBounds#NEVER_TRIMMED}. */
        long trimmedTo(int spaceId, long stream);
    }

    private static final int PLACES = 1 << 14;

    private final Source source;
    // parallel arrays; space 0, which no space has, where a place is free
    private final byte[] spaceIds = new byte[PLACES];
    private final long[] streams = new long[PLACES];
    private final long[] trims = new long[PLACES];
    private @Nullable StreamMarks pending; // trims of the group that is being prepared

    TrimPoints(Source source) {
        this.source = source;
    }

    /** Whether the batch puts at or below the trim point of one of its streams. */
    boolean hidePutsOf(StreamMarks marks) {
        for (int i = 0; i < marks.size(); i++) {
            if (marks.hasPut(i) && marks.putsAtOrBelow(i, of(marks.spaceId(i), marks.stream(i)))) {
                return true;
            }
        }
        return false;
    }

    /** The trim point of a stream, or {@link StreamBounds#NEVER_TRIMMED}. */
    long of(int spaceId, long stream) {
        StreamMarks ahead = pending;
        long stored = stored(spaceId, stream);
        return ahead == null ? stored : Math.max(stored, ahead.trimOf(spaceId, stream));
    }

    private long stored(int spaceId, long stream) {
        int place = placeOf(spaceId, stream);
        if (!isAt(place, spaceId, stream)) {
            trims[place] = source.trimmedTo(spaceId, stream);
            streams[place] = stream;
            spaceIds[place] = (byte) spaceId;
        }
        return trims[place];
    }

    /** Puts a trim in force for the rest of the group. */
    void pend(int spaceId, long stream, long to) {
        StreamMarks ahead = pending;
        if (ahead == null) {
            ahead = new StreamMarks();
            pending = ahead;
        }
        ahead.trim(spaceId, stream, to);
    }

    /** The group was written: takes note of its trims, and answers them; null where none were. */
    @Nullable StreamMarks written() {
        StreamMarks done = pending;
        pending = null;
        if (done == null) {
            return null;
        }
        for (int i = 0; i < done.size(); i++) {
            int place = placeOf(done.spaceId(i), done.stream(i));
            if (isAt(place, done.spaceId(i), done.stream(i))) {
                trims[place] = Math.max(trims[place], done.trim(i));
            }
        }
        return done;
    }

    /** The group was not written: its trims are in force no more. */
    void refused() {
        pending = null;
    }

    private boolean isAt(int place, int spaceId, long stream) {
        return streams[place] == stream && spaceIds[place] == (byte) spaceId;
    }

    private static int placeOf(int spaceId, long stream) {
        return StreamMarks.hash(spaceId, stream) & (PLACES - 1);
    }
}
