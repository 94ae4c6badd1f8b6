/**
 * Reading: what is visible and in which order. Read {@link cordwood.lsm.read.Version} first, then
 * {@link cordwood.lsm.read.Versions}, {@link cordwood.lsm.read.Merge}, {@link
 * cordwood.lsm.read.StreamReader} and the cursors, which have their records in a {@link
 * cordwood.lsm.read.RecordBatch} and leave a {@link cordwood.lsm.read.CursorPlace} behind.
 *
 * <p>Threading: versions are shared and never change; a merge, a reader and a cursor belong to one
 * thread. Everything read is pinned for the length of one call, never between calls. Nothing here
 * writes.
 */
package cordwood.lsm.read;
