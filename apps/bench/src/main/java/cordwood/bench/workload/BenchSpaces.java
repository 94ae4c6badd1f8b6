package cordwood.bench.workload;

import cordwood.store.Space;

/** Where in a store the bench's records are. */
public final class BenchSpaces {

    /** Streams that are written directly, by number from 1. A value is a body. */
    public static final Space STREAMS = new Space(0x62, "bench");

    /** Loglets, by number from 1; docs/format/loglet-record.md. A value ends with a body. */
    public static final Space LOGLETS = new Space(0x64, "loglet");

    /** The stream of {@link #STREAMS} that has notes and no records. */
    public static final long NOTES = 0;

    private static final int LOGLET_HEADER_BYTES = 12;

    private BenchSpaces() {}

    /** Bytes of a value before the body. */
    public static int headBytes(Space space, int keyCount) {
        return space.id() == LOGLETS.id() ? LOGLET_HEADER_BYTES + keyCount * Long.BYTES : 0;
    }
}
