/**
 * The file seam. Read {@link cordwood.files.Disk} first, then {@link cordwood.files.DiskFile},
 * {@link cordwood.files.DirectoryLock} and {@link cordwood.files.FileFailure}.
 *
 * <p>This is the only room that opens channels. It knows bytes, offsets and names, and nothing of
 * what they mean; in particular no file format and no memory allocator.
 *
 * <p>Threading: everything blocks; any thread may call; threads inside a call must not be
 * interrupted.
 */
package cordwood.files;
