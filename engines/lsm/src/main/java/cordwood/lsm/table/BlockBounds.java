package cordwood.lsm.table;

import cordwood.lsm.format.StreamKey;

/** The keys and positions of the first and last record of a block. Mutable. */
final class BlockBounds {

    private boolean empty = true;
    private int firstTag;
    private long firstStream;
    private long firstPosition;
    private int lastTag;
    private long lastStream;
    private long lastPosition;

    void clear() {
        empty = true;
    }

    void include(StreamKey key, long first, long last) {
        include(key.tag(), key.stream(), first, key.tag(), key.stream(), last);
    }

    void include(BlockBounds other) {
        include(
                other.firstTag,
                other.firstStream,
                other.firstPosition,
                other.lastTag,
                other.lastStream,
                other.lastPosition);
    }

    private void include(
            int tag, long stream, long first, int tagOfLast, long streamOfLast, long last) {
        if (empty) {
            empty = false;
            firstTag = tag;
            firstStream = stream;
            firstPosition = first;
        }
        lastTag = tagOfLast;
        lastStream = streamOfLast;
        lastPosition = last;
    }

    int firstTag() {
        return firstTag;
    }

    long firstStream() {
        return firstStream;
    }

    long firstPosition() {
        return firstPosition;
    }

    int lastTag() {
        return lastTag;
    }

    long lastStream() {
        return lastStream;
    }

    long lastPosition() {
        return lastPosition;
    }
}
