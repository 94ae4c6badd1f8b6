package cordwood.store;

import java.nio.file.Path;

/** A store whose data lives in one local directory. */
public interface LocalStore extends StreamStore {

    /**
     * Writes everything in memory to tables and waits for it.
     *
     * @throws StoreException.Full when the disk has no room
     * @throws StoreException.Failed when writes have stopped for good
     */
    void flush();

    /**
     * Rewrites and drops whatever holds garbage, and waits for it.
     *
     * @throws StoreException as {@link #flush}
     */
    void compact();

    /**
     * Makes a consistent copy of the store, which can be opened by itself, while writing goes on.
     * What is never changed once written may be shared with the copy, by a second name on the same
     * file system: then it takes no room and no time, and is no protection against a bad disk.
     *
     * @param target a directory that must not exist; where this throws nothing is left there, or,
     *     where the disk lets nothing be deleted either, nothing that opens as a store
     * @throws StoreException.Invalid when the target exists or cannot be made
     * @throws StoreException.Full when the disk has no room for the copy
     * @throws StoreException.Corrupt when something to be copied, or the copy, is not what was
     *     written
     * @throws StoreException.Failed when the storage failed
     */
    void checkpoint(Path target);
}
