package cordwood.memory.pool;

import cordwood.memory.Account;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;

/**
 * A native allocator without native code, whose addresses are places in one segment. It refuses on
 * demand, and fails when something is freed that is not allocated, or allocated that is not
 * reserved.
 */
final class FakeLibrary implements NativeAllocator {

    static final String NAME = "fake";

    private static final int ALIGNMENT_BYTES = 4096;

    private final MemorySegment everything = Arena.ofAuto().allocate(64 << 20, ALIGNMENT_BYTES);
    private final Account account;

    /** What it gives beyond what it said it would at most. */
    private final long surplusBytes;

    // Guarded by this.
    private final TreeMap<Long, Long> usableBytes = new TreeMap<>();
    private long end = ALIGNMENT_BYTES;
    private int refusing;

    FakeLibrary(Account account, long surplusBytes) {
        this.account = account;
        this.surplusBytes = surplusBytes;
    }

    /** So many allocations and resizes are refused from now on. */
    synchronized void refuse(int count) {
        refusing = count;
    }

    /** Bytes allocated now. */
    synchronized long liveBytes() {
        return usableBytes.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public synchronized long allocate(long bytes, int alignmentBytes) {
        if (refusing > 0) {
            refusing--;
            return 0;
        }
        long usable = usableBytesMax(bytes, alignmentBytes) + surplusBytes;
        long address = freeAddress(usable, alignmentBytes);
        end = address + usable;
        usableBytes.put(address, usable);
        if (surplusBytes == 0 && account.usedBytes() < liveBytes()) {
            throw new AssertionError(
                    "%d bytes reserved for %d".formatted(account.usedBytes(), liveBytes()));
        }
        return address;
    }

    /** The next one, going round. */
    private long freeAddress(long bytes, int alignmentBytes) {
        long address = (end + alignmentBytes - 1) & -alignmentBytes;
        if (address + bytes > everything.byteSize()) {
            address = ALIGNMENT_BYTES;
        }
        Map.Entry<Long, Long> before = usableBytes.lowerEntry(address + bytes);
        while (before != null && before.getKey() + before.getValue() > address) {
            long behind = before.getKey() + before.getValue();
            address = (behind + alignmentBytes - 1) & -alignmentBytes;
            before = usableBytes.lowerEntry(address + bytes);
        }
        return address;
    }

    @Override
    public synchronized long resize(long address, long usable, long bytes) {
        long moved = allocate(bytes, ALIGNMENT_BYTES);
        if (moved != 0) {
            long keptBytes = Math.min(bytes, usable);
            MemorySegment.copy(everything, address, everything, moved, keptBytes);
            free(address, usable);
        }
        return moved;
    }

    @Override
    public synchronized void free(long address, long usable) {
        Long allocated = usableBytes.remove(address);
        if (allocated == null || usable > allocated) {
            throw new AssertionError("free of %d bytes at %d".formatted(usable, address));
        }
    }

    @Override
    public synchronized long usableBytes(long address) {
        Long usable = usableBytes.get(address);
        if (usable == null) {
            throw new AssertionError("nothing at " + address);
        }
        return usable;
    }

    @Override
    public long usableBytesMax(long bytes, int alignmentBytes) {
        return (bytes + 15) & -16;
    }

    @Override
    public MemorySegment addressSpace() {
        return everything;
    }
}
