package cordwood.testkit.disk;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A disk in front of another, with a file system that gives no file a second name. */
public final class LinklessDisk extends InterposedDisk {

    /** Stands in front of {@code under}. */
    public LinklessDisk(Disk under) {
        super(under);
    }

    @Override
    @SuppressWarnings("unchecked") // that call answers whether it linked
    protected <T extends @Nullable Object> T onCall(
            DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
        return call.operation() == DiskOperation.LINK ? (T) Boolean.FALSE : body.get();
    }
}
