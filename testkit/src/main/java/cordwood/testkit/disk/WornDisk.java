package cordwood.testkit.disk;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A disk with a page of a file that it cannot read any more. */
public final class WornDisk extends InterposedDisk {

    private final Path file;
    private final long pageAt;

    /** One that fails every read that takes in anything of the page at an offset. */
    public WornDisk(Disk under, Path file, long pageAt) {
        super(under);
        this.file = file;
        this.pageAt = pageAt;
    }

    @Override
    protected int onRead(DiskCall call, DiskFile open, ByteBuffer target) {
        boolean isWorn =
                call.path().equals(file)
                        && call.offsetBytes() < pageAt + Disk.BLOCK_BYTES
                        && call.offsetBytes() + call.lengthBytes() > pageAt;
        if (isWorn) {
            throw new FileFailure(
                    FileFailure.Kind.IO, "read", file, pageAt, "input/output error", null);
        }
        return super.onRead(call, open, target);
    }
}
