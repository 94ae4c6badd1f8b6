package cordwood.lsm.format;

/** What a file is, as its header says. The codes are stored: they never change. */
public enum FileKind {
    /** A segment of the write-ahead log. */
    WAL_SEGMENT(1, 1, "write-ahead log segment"),
    /** A table. */
    TABLE(2, 2, "table"),
    /** The manifest. */
    MANIFEST(3, 3, "manifest");

    private final int code;
    private final int version;
    private final String words;

    FileKind(int code, int version, String words) {
        this.code = code;
        this.version = version;
        this.words = words;
    }

    /** The stored number. */
    public int code() {
        return code;
    }

    /** The version of its format that is written; every earlier one is read. */
    public int version() {
        return version;
    }

    /** How messages name it. */
    public String words() {
        return words;
    }
}
