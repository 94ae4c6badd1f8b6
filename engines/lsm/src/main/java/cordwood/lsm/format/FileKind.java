package cordwood.lsm.format;

/** What a file is, as its header says. The codes are stored: they never change. */
public enum FileKind {
    /** A segment of the write-ahead log. */
    WAL_SEGMENT(1, "write-ahead log segment"),
    /** A table. */
    TABLE(2, "table"),
    /** The manifest. */
    MANIFEST(3, "manifest");

    private final int code;
    private final String words;

    FileKind(int code, String words) {
        this.code = code;
        this.words = words;
    }

    /** The stored number. */
    public int code() {
        return code;
    }

    /** How messages name it. */
    public String words() {
        return words;
    }
}
