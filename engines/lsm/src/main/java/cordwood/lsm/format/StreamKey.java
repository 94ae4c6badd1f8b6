package cordwood.lsm.format;

/**
 * Names the records, or the attributes, of one stream. Keys are ordered by kind, space, and signed
 * stream.
 *
 * @param kind records or attributes
 * @param space identity of the space, 1 to 254
 */
public record StreamKey(RecordKind kind, int space, long stream) implements Comparable<StreamKey> {

    /** Kind and space as one number, in their order. */
    public int tag() {
        return kind.code() << 8 | space;
    }

    /** The key of a tag and a stream. */
    public static StreamKey of(int tag, long stream) {
        return new StreamKey(RecordKind.ofCode(tag >>> 8), tag & 0xFF, stream);
    }

    /** Compares keys given in parts. */
    public static int compare(int tag, long stream, int otherTag, long otherStream) {
        return tag != otherTag ? Integer.compare(tag, otherTag) : Long.compare(stream, otherStream);
    }

    @Override
    public int compareTo(StreamKey other) {
        return compare(tag(), stream, other.tag(), other.stream);
    }
}
