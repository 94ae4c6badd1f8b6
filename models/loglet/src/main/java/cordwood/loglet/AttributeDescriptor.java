package cordwood.loglet;

import cordwood.store.Space;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * What a loglet keeps beside its records, big-endian; {@code docs/format/loglet-record.md}. The
 * stream is the loglet's number, a record's position its offset; tail and trim point are the
 * stream's bounds.
 */
final class AttributeDescriptor {

    /** The store's namespace of loglets. */
    static final Space SPACE = new Space(0x64, "loglet");

    /** A {@link NodeId}, written with the first store. */
    static final int SEQUENCER_ID = 0x73;

    static final int SEQUENCER_BYTES = 8;

    /** When the loglet was sealed, as text; its presence is the seal. */
    static final int SEAL_ID = 0x5A;

    /** The highest tail known to be replicated. */
    static final int GLOBAL_TAIL_ID = 0x67;

    static final int GLOBAL_TAIL_BYTES = 4;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private AttributeDescriptor() {}

    static MemorySegment sequencer(NodeId node) {
        MemorySegment value = MemorySegment.ofArray(new byte[SEQUENCER_BYTES]);
        value.set(INT, 0, node.node());
        value.set(INT, 4, node.generation());
        return value;
    }

    static NodeId sequencer(MemorySegment value) {
        requireBytes("sequencer", value, SEQUENCER_BYTES);
        return new NodeId(value.get(INT, 0), value.get(INT, 4));
    }

    static MemorySegment globalTail(long tail) {
        MemorySegment value = MemorySegment.ofArray(new byte[GLOBAL_TAIL_BYTES]);
        value.set(INT, 0, (int) tail);
        return value;
    }

    static long globalTail(MemorySegment value) {
        requireBytes("known global tail", value, GLOBAL_TAIL_BYTES);
        return Integer.toUnsignedLong(value.get(INT, 0));
    }

    static MemorySegment seal(Instant at) {
        return MemorySegment.ofArray(at.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private static void requireBytes(String what, MemorySegment value, long bytes) {
        if (value.byteSize() != bytes) {
            throw new StoreException.Corrupt(
                    "a loglet's %s has %d bytes, expected %d"
                            .formatted(what, value.byteSize(), bytes),
                    null);
        }
    }
}
