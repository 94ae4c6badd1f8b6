package cordwood.store;

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
     * Opens or creates the store in the options' directory. The caller closes it.
     *
     * @throws StoreException.Invalid for an unknown option, a value out of range, or a directory
     *     that holds something else; nothing was changed
     * @throws StoreException.Busy when the directory is open already; the message names the owner
     * @throws StoreException.Corrupt when stored bytes are not what was written
     */
    StreamStore open(StoreOptions options);
}
