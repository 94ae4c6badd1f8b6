package cordwood.bench.read;

import cordwood.store.Space;

/**
 * A stream that a store holds, as it was when it was looked at.
 *
 * @param first its lowest visible position
 * @param last its highest visible position; where there is none the one below the first
 */
record HeldStream(Space space, long stream, long first, long last) {

    long recordCount() {
        return last - first + 1;
    }

    @Override
    public String toString() {
        return space.name() + " " + stream;
    }
}
