package cordwood.testkit.disk;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A disk in front of another that has so much room and no more, counted in blocks of the files made
 * through it. A write that does not fit is short, as on a real one. Thread-safe.
 */
public final class SmallDisk extends InterposedDisk {

    private final long capacityBytes;

    // guarded by this
    private final Map<Path, Long> occupiedBytes = new HashMap<>();

    /** With room for {@code capacityBytes}, none of it taken. */
    public SmallDisk(Disk under, long capacityBytes) {
        super(under);
        this.capacityBytes = capacityBytes;
    }

    /** Room that is left. */
    public synchronized long freeBytes() {
        return capacityBytes - occupiedBytes.values().stream().mapToLong(bytes -> bytes).sum();
    }

    private static long blocks(long bytes) {
        return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    }

    /** How far the file can reach now; takes the room. */
    private synchronized long reach(Path path, long endBytes) {
        long occupied = occupiedBytes.getOrDefault(path, 0L);
        long wanted = Math.max(occupied, blocks(endBytes));
        long reached = Math.min(wanted, occupied + freeBytes() / BLOCK_BYTES * BLOCK_BYTES);
        occupiedBytes.put(path, reached);
        return reached;
    }

    @Override
    @SuppressWarnings("unchecked") // that call answers a number
    protected synchronized <T extends @Nullable Object> T onCall(
            DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
        if (call.operation() == DiskOperation.USABLE_BYTES) {
            return (T) Long.valueOf(freeBytes());
        }
        if (call.operation() == DiskOperation.PREALLOCATE) {
            requireRoom(call);
        }
        T result = body.get();
        switch (call.operation()) {
            case CREATE -> occupiedBytes.put(call.path(), 0L);
            case DELETE -> occupiedBytes.remove(call.path());
            case TRUNCATE -> occupiedBytes.put(call.path(), blocks(call.offsetBytes()));
            case RENAME ->
                    occupiedBytes.put(
                            Objects.requireNonNull(call.target()),
                            Objects.requireNonNullElse(occupiedBytes.remove(call.path()), 0L));
            default -> {}
        }
        return result;
    }

    private void requireRoom(DiskCall call) {
        long before = occupiedBytes.getOrDefault(call.path(), 0L);
        if (reach(call.path(), call.offsetBytes()) < call.offsetBytes()) {
            occupiedBytes.put(call.path(), before);
            throw noSpace("preallocate", call);
        }
    }

    @Override
    protected void onWrite(DiskCall call, DiskFile file, ByteBuffer source) {
        long end = call.offsetBytes() + call.lengthBytes();
        long reached = reach(call.path(), end);
        if (reached >= end) {
            super.onWrite(call, file, source);
            return;
        }
        int fits = (int) Math.max(0, reached - call.offsetBytes());
        file.write(call.offsetBytes(), source.slice(source.position(), fits));
        source.position(source.position() + fits);
        throw noSpace("write", call);
    }

    private static FileFailure noSpace(String operation, DiskCall call) {
        return new FileFailure(
                FileFailure.Kind.NO_SPACE,
                operation,
                call.path(),
                call.offsetBytes(),
                "no space left on device (a small one)",
                null);
    }
}
