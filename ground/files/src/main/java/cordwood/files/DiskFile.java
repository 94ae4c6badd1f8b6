package cordwood.files;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * An open file, read and written at explicit offsets; it has no position of its own.
 *
 * <p>Reads may run on any thread beside each other and beside one writer. Every method throws
 * {@link FileFailure}; after {@link #close()} every other method throws it with kind {@code
 * CLOSED}.
 */
public interface DiskFile extends AutoCloseable {

    /** Where the file was opened. */
    Path path();

    /**
     * Writes everything between the position and limit of {@code source} at {@code offsetBytes}.
     * After a failure any part of it may be in the file.
     */
    void write(long offsetBytes, ByteBuffer source);

    /**
     * Reads until {@code target} is full or the file ends.
     *
     * @return bytes read, fewer than asked for only at the end of the file
     */
    int read(long offsetBytes, ByteBuffer target);

    /**
     * Makes the content and the length survive power loss (fdatasync). Never retry it after a
     * failure.
     */
    void sync();

    /** Current length in bytes. */
    long sizeBytes();

    /**
     * Extends the file with written zeros up to {@code sizeBytes}, so that later writes below it
     * need no new space. When the disk has no room the file is cut back to its old length and the
     * failure is of kind {@code NO_SPACE}.
     */
    void preallocate(long sizeBytes);

    /** Cuts the file to {@code sizeBytes}, which must not exceed the current length. */
    void truncate(long sizeBytes);

    /** Closes the file without syncing it. Idempotent. */
    @Override
    void close();
}
