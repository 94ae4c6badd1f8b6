package cordwood.bench.workload;

import cordwood.bench.BenchException;
import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.store.LocalStore;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Opens what a run works with; what a person can mend is a refusal. */
public final class StoreOpening {

    private StoreOpening() {}

    /**
     * Opens a store in a directory that is empty, missing, or holds one of this engine. The caller
     * closes it.
     *
     * @throws BenchException of kind usage where it cannot be opened, or keeps nothing
     */
    public static StreamStore open(StoreProvider engine, StoreOptions options) {
        boolean kept = holdsSomething(options.directory());
        StreamStore store = orRefusal(() -> engine.open(options));
        if (kept && !(store instanceof LocalStore)) {
            store.close();
            throw BenchException.usage(
                    "%s is not empty, and '%s' keeps nothing that could be gone on with"
                            .formatted(options.directory(), engine.name()));
        }
        return store;
    }

    /** Whether anything is in a directory. */
    public static boolean holdsSomething(Path directory) {
        try {
            return Files.exists(directory) && !Disk.real().list(directory).isEmpty();
        } catch (FileFailure e) {
            throw BenchException.usage(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Opens something.
     *
     * @throws BenchException of kind usage where it is refused
     */
    public static <T> T orRefusal(Supplier<T> opening) {
        try {
            return opening.get();
        } catch (StoreException.Invalid | StoreException.Busy | FileFailure e) {
            throw BenchException.usage(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Runs what uses an open store.
     *
     * @throws BenchException of kind failed, naming the engine, for what the store throws
     */
    public static <T> T failingAs(StoreProvider engine, Supplier<T> work) {
        try {
            return work.get();
        } catch (StoreException e) {
            throw BenchException.failed(engine.name() + ": " + e.getMessage(), e);
        } catch (FileFailure e) {
            throw BenchException.failed(String.valueOf(e.getMessage()), e);
        }
    }
}
