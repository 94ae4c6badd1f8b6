package cordwood.testkit.disk;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A disk of which only so many files may be open at once. Thread-safe. */
public final class ScarceDisk extends InterposedDisk {

    // guarded by this
    private final Set<DiskFile> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private int openMax;

    /** Allows {@code openMax} files of {@code under} to be open. */
    public ScarceDisk(Disk under, int openMax) {
        super(under);
        this.openMax = openMax;
    }

    /** Allows another number from now on; what is open stays so. */
    public synchronized void allow(int files) {
        openMax = files;
    }

    /** Files that are open. */
    public synchronized int openCount() {
        return open.size();
    }

    @Override
    protected <T extends @Nullable Object> T onCall(
            DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
        return switch (call.operation()) {
            case CREATE, OPEN -> opened(call, body);
            case CLOSE -> {
                T result = body.get();
                closed(file);
                yield result;
            }
            default -> body.get();
        };
    }

    private synchronized <T extends @Nullable Object> T opened(DiskCall call, Supplier<T> body) {
        if (open.size() >= openMax) {
            throw new FileFailure(
                    FileFailure.Kind.TOO_MANY_OPEN,
                    "open",
                    call.path(),
                    -1,
                    "too many open files (injected)",
                    null);
        }
        T result = body.get();
        if (result instanceof DiskFile file) {
            open.add(file);
        }
        return result;
    }

    private synchronized void closed(@Nullable DiskFile file) {
        open.remove(file);
    }
}
