/**
 * Tables: files that hold records in order, written once and never changed. Read {@link
 * cordwood.lsm.table.TableDescriptor} for the format, {@link cordwood.lsm.table.TableWriter} for
 * writing one, {@link cordwood.lsm.table.Table} and {@link cordwood.lsm.table.TableWalk} for
 * reading, {@link cordwood.lsm.table.StoredBlock} for what is checked then, {@link
 * cordwood.lsm.table.OpenBlocks} for what a merge of many holds in memory, {@link
 * cordwood.lsm.table.BlockCache} for what is kept there, {@link cordwood.lsm.table.DirectoryMemory}
 * for what is kept of directories, {@link cordwood.lsm.table.ScanRoom} for what is read past the
 * cache, and {@link cordwood.lsm.table.OpenFiles} for how few files are open.
 *
 * <p>Threading: a writer and a walk belong to one thread; tables and the cache are shared. Nothing
 * here knows the write-ahead log, memtables or the manifest.
 */
package cordwood.lsm.table;
