package cordwood.store;

import java.util.ArrayList;
import java.util.List;

/**
 * The batches that one pass of the committer writes together, in sequence order. Valid only during
 * the call that it is passed to.
 */
public final class CommitGroup {

    // confined to the committing step
    private final List<Commit> commits = new ArrayList<>();
    private long footprintBytes;
    private long chargedBytes;
    private long valueBytes;
    private int recordCount;
    private boolean sync;

    CommitGroup() {}

    /** How many batches, at least 1. */
    public int size() {
        return commits.size();
    }

    /** A batch, from 0, in the order to apply. */
    public WriteBatch batch(int index) {
        return commits.get(index).batch();
    }

    /** The sequence of the first batch. */
    public long firstSequence() {
        return commits.getFirst().sequence();
    }

    long lastSequence() {
        return commits.getLast().sequence();
    }

    /** Records in all batches. */
    public int recordCount() {
        return recordCount;
    }

    /** Bytes of the values in all batches. */
    public long valueBytes() {
        return valueBytes;
    }

    /**
     * Whether a member must be synced before the group is done: one asked for it, or holds a trim.
     */
    public boolean sync() {
        return sync;
    }

    void add(Commit commit) {
        commits.add(commit);
        footprintBytes += commit.footprintBytes();
        chargedBytes += commit.chargedBytes();
        valueBytes += commit.batch().valueBytes();
        recordCount += commit.batch().recordCount();
        sync |= commit.level() == Durability.DURABLE || commit.batch().hasTrims();
    }

    /** Takes out the batches that only trim; none when there are no others. */
    List<Commit> splitOffTrims() {
        List<Commit> trims = new ArrayList<>();
        List<Commit> others = new ArrayList<>();
        commits.forEach(commit -> (commit.batch().isTrimOnly() ? trims : others).add(commit));
        if (trims.isEmpty() || others.isEmpty()) {
            return List.of();
        }
        clear();
        others.forEach(this::add);
        return trims;
    }

    Commit commit(int index) {
        return commits.get(index);
    }

    long footprintBytes() {
        return footprintBytes;
    }

    /** What admission is owed for the batches: once, however often it is asked. */
    long takeCharge() {
        long taken = chargedBytes;
        chargedBytes = 0;
        return taken;
    }

    void clear() {
        commits.clear();
        footprintBytes = 0;
        chargedBytes = 0;
        valueBytes = 0;
        recordCount = 0;
        sync = false;
    }
}
