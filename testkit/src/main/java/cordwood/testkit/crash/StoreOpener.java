package cordwood.testkit.crash;

import cordwood.files.Disk;
import cordwood.store.StepExecutor;
import cordwood.store.StreamStore;
import java.nio.file.Path;
import java.util.List;

/** How fault tests open the engine under test, and what else they may ask it. */
@FunctionalInterface
public interface StoreOpener {

    /**
     * Opens or creates a store. The caller closes it.
     *
     * @param disk where everything is read and written
     * @param steps what runs the store's steps; the store must start no thread of its own
     * @param seed may choose options, but none that change what the contract promises
     */
    StreamStore open(Disk disk, Path directory, StepExecutor steps, long seed);

    /**
     * Whether whatever a call waits for runs the steps itself, by {@link Lockstep#runUntil}: then
     * calls are made on the driving thread, which saves handing over twice at every call.
     */
    default boolean waitsInLockstep() {
        return false;
    }

    /** Whether the engine makes checkpoints. */
    default boolean makesCheckpoints() {
        return true;
    }

    /** Off-heap bytes still held by stores that were opened here and are closed. */
    default long leakedBytes() {
        return 0;
    }

    /** Files in the directory of a closed store that nothing refers to. */
    default List<Path> strayFiles(Disk disk, Path directory) {
        return List.of();
    }
}
