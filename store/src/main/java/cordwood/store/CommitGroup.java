package cordwood.store;

import java.util.ArrayList;

/**
 * The batches that one pass of the committer writes together, in sequence order. Valid only during
 * the call that it is passed to.
 */
public final class CommitGroup {

    // confined to the committing step
    private final ArrayList<Commit> commits = new ArrayList<>();
    private long footprintBytes;
    private long chargedBytes;
    private long valueBytes;
    private long recordCount;
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
    public long recordCount() {
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
        count(commit);
    }

    private void count(Commit commit) {
        footprintBytes += commit.footprintBytes();
        chargedBytes += commit.chargedBytes();
        valueBytes += commit.batch().valueBytes();
        recordCount += commit.batch().recordCount();
        sync |= commit.level() == Durability.DURABLE || commit.batch().hasTrims();
    }

    /**
     * Moves the batches that only trim to another group, which is empty; false when there are none,
     * or no others, and nothing was moved. Allocates nothing once it moves any.
     */
    boolean moveTrimsTo(CommitGroup other) {
        int trims = 0;
        for (int i = 0; i < commits.size(); i++) {
            trims += isTrimOnly(i) ? 1 : 0;
        }
        if (trims == 0 || trims == commits.size()) {
            return false;
        }
        other.commits.ensureCapacity(trims);
        int kept = 0;
        for (int i = 0; i < commits.size(); i++) {
            if (isTrimOnly(i)) {
                other.add(commits.get(i));
            } else {
                commits.set(kept, commits.get(i));
                kept++;
            }
        }
        while (commits.size() > kept) {
            commits.removeLast();
        }
        sumUp();
        return true;
    }

    private boolean isTrimOnly(int index) {
        return commits.get(index).batch().isTrimOnly();
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
        sumUp();
    }

    private void sumUp() {
        footprintBytes = 0;
        chargedBytes = 0;
        valueBytes = 0;
        recordCount = 0;
        sync = false;
        for (int i = 0; i < commits.size(); i++) {
            count(commits.get(i));
        }
    }
}
