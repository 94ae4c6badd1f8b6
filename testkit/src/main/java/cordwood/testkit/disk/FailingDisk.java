package cordwood.testkit.disk;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A disk in front of another whose n-th call fails. A sweep raises n until {@link #hasFailed()} is
 * false after a run: then every call has failed once.
 *
 * <p>Thread-safe; which call is the n-th is certain only when one thread calls at a time.
 */
public final class FailingDisk extends InterposedDisk {

    private final Fault fault;
    // guarded by this
    private long calls;
    private boolean failed;
    private boolean armed = true;

    /** Fails as {@code fault} says, armed from the start. */
    public FailingDisk(Disk under, Fault fault) {
        super(under);
        this.fault = fault;
    }

    /** Whether any call was made to fail. */
    public synchronized boolean hasFailed() {
        return failed;
    }

    /** Calls that counted so far. */
    public synchronized long calls() {
        return calls;
    }

    /** No call fails or counts from here on. */
    public synchronized void disarm() {
        armed = false;
    }

    /** Calls fail and count from here on. */
    public synchronized void arm() {
        armed = true;
    }

    private synchronized boolean isDue(DiskCall call) {
        if (!armed || !fault.counts(call)) {
            return false;
        }
        calls++;
        boolean due = fault.sticky() ? calls >= fault.call() : calls == fault.call();
        failed |= due;
        return due;
    }

    @Override
    protected <T extends @Nullable Object> T onCall(
            DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
        if (!isDue(call)) {
            return body.get();
        }
        switch (fault.kind()) {
            case INTERRUPT -> {
                if (file != null) {
                    file.close();
                }
            }
            case CLOSE_ERROR -> {
                var _ = body.get();
            }
            case IO_ERROR, NO_SPACE, TOO_MANY_OPEN, SHORT_WRITE -> {}
        }
        throw failure(call);
    }

    @Override
    protected void onWrite(DiskCall call, DiskFile file, ByteBuffer source) {
        if (fault.kind() != Fault.Kind.SHORT_WRITE) {
            super.onWrite(call, file, source);
            return;
        }
        if (isDue(call)) {
            int half = source.remaining() / 2;
            file.write(call.offsetBytes(), source.slice(source.position(), half));
            source.position(source.position() + half);
            throw failure(call);
        }
        file.write(call.offsetBytes(), source);
    }

    private FileFailure failure(DiskCall call) {
        String operation = call.operation().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return switch (fault.kind()) {
            case IO_ERROR -> failure(FileFailure.Kind.IO, operation, call, "input/output error");
            case NO_SPACE, SHORT_WRITE ->
                    failure(FileFailure.Kind.NO_SPACE, operation, call, "no space left on device");
            case TOO_MANY_OPEN ->
                    failure(FileFailure.Kind.TOO_MANY_OPEN, operation, call, "too many open files");
            case INTERRUPT -> failure(FileFailure.Kind.CLOSED, operation, call, "interrupted");
            case CLOSE_ERROR -> failure(FileFailure.Kind.IO, operation, call, "close failed");
        };
    }

    private static FileFailure failure(
            FileFailure.Kind kind, String operation, DiskCall call, String detail) {
        return new FileFailure(
                kind, operation, call.path(), call.offsetBytes(), detail + " (injected)", null);
    }
}
