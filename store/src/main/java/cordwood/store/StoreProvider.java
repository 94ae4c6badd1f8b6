package cordwood.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** An engine that can be chosen by name; found with {@link java.util.ServiceLoader}. */
public interface StoreProvider {

    /**
     * A figure or choice an engine derived from the options.
     *
     * @param key kebab-case name, as it would be given where it can be
     * @param value the value in force, with its unit
     * @param reason how it came about: given, default, or the rule that derived it
     */
    record Setting(String key, String value, String reason) {}

    /** The name users choose the engine by: {@code lsm}, {@code rocksdb}, {@code model}, … */
    String name();

    /** One line on what the engine is for. */
    String summary();

    /** The keys that {@link StoreOptions#engine()} may hold. */
    Set<String> optionKeys();

    /** Whether the engine takes cells from the allocator chosen in its options. */
    default boolean allocatesCells() {
        return false;
    }

    /**
     * What would be in force for these options, without opening or touching anything.
     *
     * @throws StoreException.Invalid as {@link #open} would
     */
    List<Setting> explain(StoreOptions options);

    /**
     * Whether a directory is one of a store of this engine, whole or not, as the names in it tell.
     * Changes nothing.
     */
    default boolean isStore(Path directory) {
        return false;
    }

    /**
     * Opens or creates the store in the options' directory. The caller closes it. Where it throws,
     * nothing stays open, and what was begun of a new store is no obstacle to beginning again.
     *
     * @throws StoreException.Invalid for an unknown option, a value out of range, or a directory
     *     that holds something else or not all that the store needs; nothing was changed
     * @throws StoreException.Busy when the directory is open already, in which case the message
     *     names the owner, or where memory or file descriptors are short
     * @throws StoreException.Full when the disk has no room for what opening writes
     * @throws StoreException.Corrupt when stored bytes are not what was written, or are missing
     * @throws StoreException.Failed when the storage failed
     */
    StreamStore open(StoreOptions options);
}
