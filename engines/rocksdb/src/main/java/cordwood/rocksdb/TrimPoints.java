package cordwood.rocksdb;

import cordwood.store.StreamBounds;

/**
 * The trim points of the streams written lately, so that the committer need not ask the database
 * about each batch. Confined to the committing step.
 *
 * <p>Each stream has one place it may be in; a stream that is not there is asked for and takes the
 * place over, so the memory is bounded whatever the number of streams.
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
        int place = placeOf(spaceId, stream);
        if (!isAt(place, spaceId, stream)) {
            trims[place] = source.trimmedTo(spaceId, stream);
            streams[place] = stream;
            spaceIds[place] = (byte) spaceId;
        }
        return trims[place];
    }

    /** Takes note of trims that the database has by now. */
    void raise(StreamMarks marks) {
        for (int i = 0; i < marks.size(); i++) {
            int place = placeOf(marks.spaceId(i), marks.stream(i));
            if (marks.hasTrim(i) && isAt(place, marks.spaceId(i), marks.stream(i))) {
                trims[place] = Math.max(trims[place], marks.trim(i));
            }
        }
    }

    private boolean isAt(int place, int spaceId, long stream) {
        return streams[place] == stream && spaceIds[place] == (byte) spaceId;
    }

    private static int placeOf(int spaceId, long stream) {
        return StreamMarks.hash(spaceId, stream) & (PLACES - 1);
    }
}
