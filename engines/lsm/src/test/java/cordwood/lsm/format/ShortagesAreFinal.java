package cordwood.lsm.format;

import cordwood.memory.MemoryRefused;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.testkit.mutant.InsteadOf;

/** M18: background work that finds no memory ends writing. */
public final class ShortagesAreFinal {

    private ShortagesAreFinal() {}

    @InsteadOf(StorageFailures.class)
    public static RuntimeException ofBackgroundWork(RuntimeException thrown) {
        return thrown instanceof MemoryRefused
                ? new StoreException.Failed("no memory", Outcome.NOT_APPLIED, thrown)
                : StorageFailures.ofBackgroundWork(thrown);
    }
}
