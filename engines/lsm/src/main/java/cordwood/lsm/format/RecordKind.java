package cordwood.lsm.format;

/** What the records of a stretch are. The codes are stored: they never change. */
public enum RecordKind {
    /** Records of a stream, at their positions. */
    RECORDS(1),
    /** Attributes of a stream, at their identities; its trim point is one of them. */
    ATTRIBUTES(2);

    private final int code;

    RecordKind(int code) {
        this.code = code;
    }

    /** The stored number. */
    public int code() {
        return code;
    }

    /** The kind of a stored number that was checked. */
    public static RecordKind ofCode(int code) {
        return switch (code) {
            case 1 -> RECORDS;
            case 2 -> ATTRIBUTES;
            default -> throw new IllegalArgumentException("no kind of record has code " + code);
        };
    }

    /** Whether a stored number is a kind. */
    public static boolean isCode(int code) {
        return code == 1 || code == 2;
    }
}
