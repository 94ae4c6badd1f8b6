package cordwood.rocksdb;

import cordwood.store.Space;
import cordwood.store.StreamBounds;
import org.jspecify.annotations.Nullable;

/** Finds the ends of a stream with one seek for each. */
final class Bounds {

    private Bounds() {}

    /** The bounds, or null when a trim came in between and they must be looked for again. */
    static @Nullable StreamBounds of(Database database, Space space, long stream) {
        long trimmedTo = database.trimmedTo(space.id(), stream);
        boolean nothingLeft = StreamMarks.hides(trimmedTo, Long.MAX_VALUE);
        StreamBounds bounds =
                nothingLeft
                        ? StreamBounds.empty(trimmedTo)
                        : find(database, space, stream, trimmedTo);
        return database.trimmedTo(space.id(), stream) == trimmedTo ? bounds : null;
    }

    private static StreamBounds find(Database database, Space space, long stream, long trimmedTo) {
        boolean trimmed = trimmedTo != StreamBounds.NEVER_TRIMMED;
        byte[] lowest = Keys.data(space, stream, trimmed ? trimmedTo + 1 : Long.MIN_VALUE);
        byte[] above = Keys.streamEnd(space.id(), stream);
        try (Walk walk = Walk.between(database, database.data(), lowest, above)) {
            if (!walk.seek(lowest)) {
                return StreamBounds.empty(trimmedTo);
            }
            long first = Keys.positionOf(walk.key());
            boolean found = walk.seekBackward(Keys.data(space, stream, Long.MAX_VALUE));
            return new StreamBounds(first, found ? Keys.positionOf(walk.key()) : first, trimmedTo);
        }
    }
}
