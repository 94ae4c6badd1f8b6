package cordwood.lsm.format;

import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Region;
import org.jspecify.annotations.Nullable;

/** Takes memory where being refused it is an ordinary answer. */
public final class Regions {

    private Regions() {}

    /** A region, or null when there is no room for it, whether in the budget or in the system. */
    public static @Nullable Region tryTake(Chunks chunks, Account account, long bytes) {
        try {
            return chunks.tryRegion(account, bytes);
        } catch (MemoryRefused _) {
            return null;
        }
    }
}
