package cordwood.bench.run;

import cordwood.bench.json.JsonObject;
import cordwood.store.StoreOptions;
import java.nio.file.Path;

/** One measured run, everything resolved. */
public interface RunConfig {

    /** The command it is of: {@code write-throughput}. */
    String command();

    /** The engine's name. */
    String engine();

    /** Where and how the engine opens. */
    StoreOptions store();

    /** What the run is called among others: the engine, and whether it was bare. */
    String label();

    /** Whether it needs a directory of its own, or looks at one that is there. */
    boolean needsOwnDirectory();

    /** The same run in another directory. */
    RunConfig in(Path directory);

    /** The configuration as JSON; keys are the flags' names. */
    JsonObject toJson();

    /** The directory the engine opens. */
    default Path directory() {
        return store().directory();
    }
}
