package cordwood.testkit.disk;

import cordwood.testkit.disk.Survival.Fate;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The content of one file twice: as processes see it, and as the device holds it. */
final class FileImage implements Node {

    /*
     * Invariants: 1. A block not in `unsynced` may still differ from the stored one (after a failed sync);
     * it is then lost unless written again. 2. An array that is shared between the two images, or with
     * another disk, is never written: the first write of a block after a sync copies it. 3. Current content
     * past the current length is zero. Null stands for a block of zeros. Guarded by the disk.
     */
    static final int BLOCK_BYTES = 4096;
    static final int SECTOR_BYTES = 512;

    /** Which bytes of a block were written since it was last stored, and when first. */
    private record Unsynced(long order, int from, int to) {
        Unsynced including(int otherFrom, int otherTo) {
            return new Unsynced(order, Math.min(from, otherFrom), Math.max(to, otherTo));
        }
    }

    private final Blocks current;
    private final Blocks stored;
    private final TreeMap<Integer, Unsynced> unsynced = new TreeMap<>();
    private long lengthOrder = -1;
    private String name;
    private boolean failsNextSync;

    FileImage(String name) {
        this(name, new Blocks(), new Blocks());
    }

    private FileImage(String name, Blocks current, Blocks stored) {
        this.name = name;
        this.current = current;
        this.stored = stored;
    }

    String name() {
        return name;
    }

    void renamed(String newName) {
        name = newName;
    }

    long sizeBytes() {
        return current.sizeBytes;
    }

    int read(long offsetBytes, ByteBuffer target) {
        long end = Math.min(current.sizeBytes, offsetBytes + target.remaining());
        for (long at = offsetBytes; at < end; ) {
            int in = (int) (at % BLOCK_BYTES);
            int count = (int) Math.min(BLOCK_BYTES - in, end - at);
            byte[] block = current.get((int) (at / BLOCK_BYTES));
            target.put(block == null ? Blocks.ZEROS : block, in, count);
            at += count;
        }
        return (int) Math.max(0, end - offsetBytes);
    }

    void write(long offsetBytes, ByteBuffer source, LongSupplier clock) {
        long at = offsetBytes;
        while (source.hasRemaining()) {
            int in = (int) (at % BLOCK_BYTES);
            int count = Math.min(BLOCK_BYTES - in, source.remaining());
            byte[] block = own((int) (at / BLOCK_BYTES), in, in + count, clock);
            source.get(block, in, count);
            at += count;
        }
        resize(Math.max(current.sizeBytes, at), clock);
    }

    void extend(long sizeBytes, LongSupplier clock) {
        resize(Math.max(current.sizeBytes, sizeBytes), clock);
    }

    void truncate(long sizeBytes, LongSupplier clock) {
        int in = (int) (sizeBytes % BLOCK_BYTES);
        int firstGone = Math.toIntExact(Math.ceilDiv(sizeBytes, BLOCK_BYTES));
        if (in > 0 && current.get(firstGone - 1) != null) {
            byte[] block = own(firstGone - 1, in, BLOCK_BYTES, clock);
            Arrays.fill(block, in, BLOCK_BYTES, (byte) 0);
        }
        for (int i = firstGone; i < current.count(); i++) {
            if (current.get(i) != null) {
                markUnsynced(i, 0, BLOCK_BYTES, clock);
                current.set(i, null);
            }
        }
        resize(Math.min(current.sizeBytes, sizeBytes), clock);
    }

    private void resize(long sizeBytes, LongSupplier clock) {
        if (sizeBytes != current.sizeBytes) {
            current.sizeBytes = sizeBytes;
            if (lengthOrder < 0) {
                lengthOrder = clock.getAsLong();
            }
        }
    }

    /** A block of the current image that may be written, marked unsynced. */
    private byte[] own(int index, int from, int to, LongSupplier clock) {
        byte[] block = current.get(index);
        boolean shared = !unsynced.containsKey(index);
        markUnsynced(index, from, to, clock);
        if (block == null || shared) {
            block = block == null ? new byte[BLOCK_BYTES] : block.clone();
            current.set(index, block);
        }
        return block;
    }

    private void markUnsynced(int index, int from, int to, LongSupplier clock) {
        Unsynced before = unsynced.get(index);
        unsynced.put(
                index,
                before == null
                        ? new Unsynced(clock.getAsLong(), from, to)
                        : before.including(from, to));
    }

    /** Stores everything; false when an earlier sync's failure is reported only now. */
    boolean sync(RandomGenerator random) {
        if (failsNextSync) {
            failsNextSync = false;
            failSync(new SyncFault(0, SyncFault.Personality.PAGES_KEPT, 50), random);
            return false;
        }
        unsynced.keySet().forEach(this::store);
        settleLength();
        unsynced.clear();
        return true;
    }

    private void store(int index) {
        stored.set(index, current.get(index));
        long end = Math.min(current.sizeBytes, (index + 1L) * BLOCK_BYTES);
        stored.resize(Math.max(stored.sizeBytes, end));
    }

    private void settleLength() {
        if (lengthOrder >= 0) {
            stored.resize(current.sizeBytes);
            lengthOrder = -1;
        }
    }

    /** What a sync does that the device fails; false when it reports the failure at once. */
    boolean failSync(SyncFault fault, RandomGenerator random) {
        if (fault.personality() == SyncFault.Personality.REPORTED_LATE) {
            sync(random);
            failsNextSync = true;
            return true;
        }
        boolean revert = fault.personality() == SyncFault.Personality.PAGES_REVERTED;
        List<Integer> dirty = new ArrayList<>(unsynced.keySet());
        int dropped = dirty.isEmpty() ? -1 : dirty.get(random.nextInt(dirty.size()));
        boolean lengthDropped = random.nextInt(100) < fault.droppedPercent();
        for (int index : dirty) {
            if (index != dropped && random.nextInt(100) >= fault.droppedPercent()) {
                store(index);
            } else if (revert) {
                current.set(index, stored.get(index));
            }
        }
        if (!lengthDropped) {
            settleLength();
        }
        unsynced.clear();
        lengthOrder = -1;
        return false;
    }

    /** Stores one unsynced block, as the operating system may at any time. */
    void writeBackOne(RandomGenerator random) {
        if (unsynced.isEmpty()) {
            return;
        }
        int index = List.copyOf(unsynced.keySet()).get(random.nextInt(unsynced.size()));
        unsynced.remove(index);
        store(index);
        if (stored.sizeBytes == current.sizeBytes) {
            lengthOrder = -1;
        }
    }

    /** Adds what a power loss now could undo, leaving out what would look the same without it. */
    void addPending(List<PendingChange> changes) {
        unsynced.forEach((index, since) -> {
            if (!Arrays.equals(orZeros(current.get(index)), orZeros(stored.get(index)))) {
                changes.add(blockChange(index, since));
            }
        });
        if (lengthOrder >= 0) {
            changes.add(lengthChange());
        }
    }

    private PendingChange blockChange(int index, Unsynced since) {
        return new PendingChange(
                since.order, PendingChange.Kind.BLOCK, name, (long) index * BLOCK_BYTES);
    }

    private PendingChange lengthChange() {
        return new PendingChange(lengthOrder, PendingChange.Kind.LENGTH, name, current.sizeBytes);
    }

    private static byte[] orZeros(byte @Nullable [] block) {
        return block == null ? Blocks.ZEROS : block;
    }

    /** The file as found after a power loss; this one stays as it is. */
    FileImage afterPowerLoss(Survival survival) {
        Blocks found = stored.copy();
        long needed = 0;
        for (Map.Entry<Integer, Unsynced> entry : unsynced.entrySet()) {
            int index = entry.getKey();
            Fate fate = survival.fate(blockChange(index, entry.getValue()));
            byte[] block = current.get(index);
            switch (fate) {
                case KEPT -> found.set(index, block == null ? null : block.clone());
                case TORN -> found.set(index, torn(index, entry.getValue(), survival.random()));
                case LOST -> {}
            }
            if (fate != Fate.LOST) {
                needed = Math.min(current.sizeBytes, (index + 1L) * BLOCK_BYTES);
            }
        }
        long leastBytes = Math.max(stored.sizeBytes, needed);
        found.resize(lengthOrder < 0 ? leastBytes : length(survival, leastBytes));
        return new FileImage(name, found, found.copy());
    }

    private long length(Survival survival, long leastBytes) {
        long low = Math.min(leastBytes, current.sizeBytes);
        long high = Math.max(leastBytes, current.sizeBytes);
        return switch (survival.fate(lengthChange())) {
            case KEPT -> current.sizeBytes;
            case LOST -> leastBytes;
            case TORN -> low + survival.random().nextLong(high - low + 1);
        };
    }

    /**
     * Each touched sector new, old, or with garbage where it was written; never garbage elsewhere.
     */
    private byte[] torn(int index, Unsynced since, RandomGenerator random) {
        byte[] fresh = orZeros(current.get(index));
        byte[] mixed = orZeros(stored.get(index)).clone();
        for (int at = 0; at < BLOCK_BYTES; at += SECTOR_BYTES) {
            int from = Math.max(at, since.from);
            int to = Math.min(at + SECTOR_BYTES, since.to);
            int choice = random.nextInt(4);
            if (from >= to || choice == 0) {
                continue;
            }
            if (choice == 1) {
                byte[] garbage = new byte[to - from];
                random.nextBytes(garbage);
                System.arraycopy(garbage, 0, mixed, from, garbage.length);
            } else {
                System.arraycopy(fresh, from, mixed, from, to - from);
            }
        }
        return mixed;
    }

    long fingerprint() {
        return stored.fingerprint();
    }
}
