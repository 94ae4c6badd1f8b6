package cordwood.store;

import java.nio.file.Path;

/** A store whose data lives in one local directory. */
public interface LocalStore extends StreamStore {

    /** Writes everything in memory to tables and waits for it. */
    void flush();

    /** Rewrites and drops whatever holds garbage, and waits for it. */
    void compact();

    /**
     * Makes a consistent copy of the store, which can be opened by itself, while writing goes on.
     *
     * @param target a directory that must not exist; on failure nothing is left there
     */
    void checkpoint(Path target);
}
