package cordwood.testkit.disk;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
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

    /** What a file takes, under all of its names. */
    private static final class Room {
        private long bytes;
    }

    // guarded by this
    private final Map<Path, Room> occupied = new HashMap<>();

    /** With room for {@code capacityBytes}, none of it taken. */
    public SmallDisk(Disk under, long capacityBytes) {
        super(under);
        this.capacityBytes = capacityBytes;
    }

    /** The same, with room taken by the files that are in a directory, if there is one. */
    public static SmallDisk with(Disk under, Path directory, long capacityBytes) {
        SmallDisk small = new SmallDisk(under, capacityBytes);
        if (under.exists(directory)) {
            under.list(directory).forEach(small::addLeft);
        }
        return small;
    }

    private void addLeft(Path path) {
        try (DiskFile file = openReadOnly(path)) {
            room(path).bytes = blocks(file.sizeBytes());
        }
    }

    /** Room that is left. */
    public synchronized long freeBytes() {
        long takenBytes = 0;
        for (Room room : new HashSet<>(occupied.values())) {
            takenBytes += room.bytes;
        }
        return capacityBytes - takenBytes;
    }

    private static long blocks(long bytes) {
        return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    }

    private Room room(Path path) {
        return occupied.computeIfAbsent(path, _ -> new Room());
    }

    /** How far the file can reach now; takes the room. */
    private synchronized long reach(Path path, long endBytes) {
        Room room = room(path);
        long wanted = Math.max(room.bytes, blocks(endBytes));
        room.bytes = Math.min(wanted, room.bytes + freeBytes() / BLOCK_BYTES * BLOCK_BYTES);
        return room.bytes;
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
        noteDone(call, result);
        return result;
    }

    private void noteDone(DiskCall call, @Nullable Object result) {
        switch (call.operation()) {
            case CREATE -> occupied.put(call.path(), new Room());
            case DELETE -> occupied.remove(call.path());
            case TRUNCATE -> room(call.path()).bytes = blocks(call.offsetBytes());
            case RENAME -> {
                Room room = room(call.path());
                occupied.remove(call.path());
                occupied.put(Objects.requireNonNull(call.target()), room);
            }
            case LINK -> {
                if (Boolean.TRUE.equals(result)) {
                    occupied.put(call.path(), room(Objects.requireNonNull(call.target())));
                }
            }
            default -> {}
        }
    }

    private void requireRoom(DiskCall call) {
        long before = room(call.path()).bytes;
        if (reach(call.path(), call.offsetBytes()) < call.offsetBytes()) {
            room(call.path()).bytes = before;
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
