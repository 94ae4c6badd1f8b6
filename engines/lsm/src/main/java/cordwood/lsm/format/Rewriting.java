package cordwood.lsm.format;

import cordwood.files.DiskFile;
import java.lang.foreign.MemorySegment;

/**
 * Makes sure that what a file shows is on the disk. A sync alone does not: after one that failed
 * for an earlier process, the system may go on showing, as if it were written, what it could not
 * write.
 */
public final class Rewriting {

    private Rewriting() {}

    /**
     * Writes bytes of a file over themselves, which a crash can interrupt anywhere, and syncs it.
     *
     * @param room to read through, of a granule at least
     */
    public static void ofBytes(DiskFile file, long fromBytes, long toBytes, MemorySegment room) {
        long at = fromBytes;
        while (at < toBytes) {
            MemorySegment part = room.asSlice(0, Math.min(room.byteSize(), toBytes - at));
            int bytes = file.read(at, part.asByteBuffer());
            if (bytes <= 0) {
                break;
            }
            file.write(at, part.asSlice(0, bytes).asByteBuffer());
            at += bytes;
        }
        file.sync();
    }
}
