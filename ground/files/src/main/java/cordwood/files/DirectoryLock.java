package cordwood.files;

import java.nio.file.Path;

/** A claim on a directory: one holder per directory, across processes and within this one. */
public interface DirectoryLock extends AutoCloseable {

    /** The claimed directory. */
    Path directory();

    /** Gives the directory up. Idempotent. */
    @Override
    void close();
}
