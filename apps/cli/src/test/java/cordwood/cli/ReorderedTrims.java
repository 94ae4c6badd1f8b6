package cordwood.cli;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.Space;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import cordwood.testkit.mutant.InsteadOf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Trims overtake the batches that they are in. */
public final class ReorderedTrims {

    private static final long AHEAD_NANOS = 20_000_000;
    private static final ConcurrentHashMap<WriteBatch, List<Trim>> TRIMS =
            new ConcurrentHashMap<>();

    private record Trim(Space space, long stream, long to) {}

    private ReorderedTrims() {}

    /** Keeps it for {@link #append}. */
    @InsteadOf(WriteBatch.class)
    public static void trim(WriteBatch batch, Space space, long stream, long to) {
        TRIMS.computeIfAbsent(batch, _ -> new ArrayList<>()).add(new Trim(space, stream, to));
    }

    /** Trims first. */
    @InsteadOf(StreamStore.class)
    public static Commit append(StreamStore store, WriteBatch batch, Durability level) {
        List<Trim> trims = TRIMS.remove(batch);
        if (trims != null) {
            try (WriteBatch early = store.newBatch()) {
                trims.forEach(trim -> early.trim(trim.space, trim.stream, trim.to));
                store.append(early, level).await();
            }
            LockSupport.parkNanos(AHEAD_NANOS);
        }
        return store.append(batch, level);
    }
}
