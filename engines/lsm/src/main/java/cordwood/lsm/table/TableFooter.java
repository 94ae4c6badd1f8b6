package cordwood.lsm.table;

/**
 * What the end of a table says.
 *
 * @param version of the table's format
 * @param table the table's number
 * @param lastSequence sequence of the last batch in it
 * @param recordCount records in it
 * @param stretchBytes bytes of their stretches, uncompressed
 * @param blockCount data blocks in it
 * @param rootOffset where the root of the directory is
 * @param rootBytes bytes of its payload
 */
record TableFooter(
        int version,
        long table,
        long lastSequence,
        long recordCount,
        long stretchBytes,
        long blockCount,
        long rootOffset,
        int rootBytes) {}
