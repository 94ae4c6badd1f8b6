/**
 * What was written last, in memory. Read {@link cordwood.lsm.memtable.Memtable} first, then {@link
 * cordwood.lsm.memtable.StretchList} and {@link cordwood.lsm.memtable.RunIndex}, which index it,
 * and {@link cordwood.lsm.memtable.MemtablePool}, where its memory comes from.
 *
 * <p>Threading: one thread fills a memtable, any number read it meanwhile without locks. Nothing
 * here knows files.
 */
package cordwood.lsm.memtable;
