/**
 * What every file of the engine has in common. {@link cordwood.lsm.format.Layout} declares where
 * fields lie, {@link cordwood.lsm.format.FileHeader} begins each file, {@link
 * cordwood.lsm.format.Stretch} is how records are written in the write-ahead log, lie in memtables
 * and are kept in tables; {@link cordwood.lsm.format.Checksums} guards all of it.
 *
 * <p>All numbers are little-endian and need no alignment. Nothing here opens files or keeps state;
 * classes are used by one thread at a time unless they say otherwise.
 */
package cordwood.lsm.format;
