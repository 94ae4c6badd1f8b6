package cordwood.lsm;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A disk that tells how long its files are together, and have been at most. Thread-safe. */
final class MeteredDisk extends InterposedDisk {

    // guarded by this
    private final Map<Path, Long> lengths = new HashMap<>();
    private long heldBytes;
    private long mostBytes;

    MeteredDisk(Disk under) {
        super(under);
    }

    synchronized long heldBytes() {
        return heldBytes;
    }

    /** The most since the last call. */
    synchronized long takeMostBytes() {
        long most = mostBytes;
        mostBytes = heldBytes;
        return most;
    }

    private synchronized void set(Path path, long bytes) {
        heldBytes += bytes - Objects.requireNonNullElse(lengths.put(path, bytes), 0L);
        mostBytes = Math.max(mostBytes, heldBytes);
    }

    private synchronized long length(Path path) {
        return lengths.getOrDefault(path, 0L);
    }

    private synchronized long remove(Path path) {
        long bytes = Objects.requireNonNullElse(lengths.remove(path), 0L);
        heldBytes -= bytes;
        return bytes;
    }

    @Override
    protected <T extends @Nullable Object> T onCall(
            DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
        T result = body.get();
        switch (call.operation()) {
            case DELETE -> remove(call.path());
            case PREALLOCATE -> set(call.path(), call.offsetBytes());
            case RENAME -> set(Objects.requireNonNull(call.target()), remove(call.path()));
            default -> {}
        }
        return result;
    }

    @Override
    protected void onWrite(DiskCall call, DiskFile file, ByteBuffer source) {
        super.onWrite(call, file, source);
        long endBytes = call.offsetBytes() + call.lengthBytes();
        set(call.path(), Math.max(length(call.path()), endBytes));
    }
}
