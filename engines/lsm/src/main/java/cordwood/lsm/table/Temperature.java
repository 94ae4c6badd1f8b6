package cordwood.lsm.table;

/** How soon what a table holds is likely to be written again: it decides on the codec. */
public enum Temperature {
    /** Soon: fresh from a memtable. */
    WARM,
    /** Hardly: merged. */
    COLD
}
