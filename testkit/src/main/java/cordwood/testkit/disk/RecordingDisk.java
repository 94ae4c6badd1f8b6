package cordwood.testkit.disk;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A disk in front of another that remembers every changing call, and can look at the disk between
 * any two of them. Thread-safe.
 */
public final class RecordingDisk extends InterposedDisk {

    /**
     * A changing call that was made.
     *
     * @param call what was asked for
     * @param succeeded whether it returned
     * @param failure of which kind its failure was, where the disk told one
     */
    public record Entry(DiskCall call, boolean succeeded, FileFailure.@Nullable Kind failure) {
        @Override
        public String toString() {
            return succeeded ? call.toString() : call + " failed";
        }
    }

    private static final int LAST_CALLS = 60;

    private final Consumer<Entry> after;
    // guarded by itself
    private final List<Entry> trace = new ArrayList<>();

    /** Only remembers. */
    public RecordingDisk(Disk under) {
        this(under, _ -> {});
    }

    /**
     * Remembers and tells.
     *
     * @param after called after each changing call, on the thread that made it
     */
    public RecordingDisk(Disk under, Consumer<Entry> after) {
        super(under);
        this.after = after;
    }

    /** The changing calls so far, in order. */
    public List<Entry> trace() {
        synchronized (trace) {
            return List.copyOf(trace);
        }
    }

    /** The last of them, a line each, for messages. */
    public String lastCalls() {
        List<Entry> all = trace();
        StringBuilder text = new StringBuilder("\nlast calls of the disk:");
        all.subList(Math.max(0, all.size() - LAST_CALLS), all.size())
                .forEach(entry -> text.append("\n  ").append(entry));
        return text.toString();
    }

    @Override
    protected <T extends @Nullable Object> T onCall(
            DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
        if (!call.operation().isChanging()) {
            return body.get();
        }
        boolean succeeded = false;
        FileFailure.Kind failure = null;
        try {
            T result = body.get();
            succeeded = true;
            return result;
        } catch (FileFailure e) {
            failure = e.kind();
            throw e;
        } finally {
            Entry entry = new Entry(call, succeeded, failure);
            synchronized (trace) {
                trace.add(entry);
            }
            after.accept(entry);
        }
    }
}
