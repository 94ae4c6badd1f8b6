package cordwood.lsm.table;

/** Whether and when blocks are compressed. */
public enum Compression {
    /** Never. */
    NONE,
    /** With LZ4, where it saves at least an eighth. */
    LZ4
}
