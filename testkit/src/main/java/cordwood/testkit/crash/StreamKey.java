package cordwood.testkit.crash;

import cordwood.store.Space;

/** A stream of a space. */
record StreamKey(Space space, long stream) {
    @Override
    public String toString() {
        return space.name() + "/" + stream;
    }
}
