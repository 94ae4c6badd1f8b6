package cordwood.testkit.disk;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One call on a disk, before it is made.
 *
 * @param operation which call
 * @param path the file or directory it is about; of a link, the new name
 * @param target the new name of a rename, the file that is linked, else null
 * @param offsetBytes where a read or write starts, or the new size of a preallocation or
 *     truncation; -1 elsewhere
 * @param lengthBytes how much a read asks for or a write carries; 0 elsewhere
 */
public record DiskCall(
        DiskOperation operation,
        Path path,
        @Nullable Path target,
        long offsetBytes,
        int lengthBytes) {

    static DiskCall on(DiskOperation operation, Path path) {
        return new DiskCall(operation, path, null, -1, 0);
    }

    /** The last part of the path, by which most filters choose. */
    public String fileName() {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(operation.name().toLowerCase(java.util.Locale.ROOT));
        text.append(' ').append(fileName());
        if (target != null) {
            text.append(" to ").append(target.getFileName());
        }
        if (offsetBytes >= 0) {
            text.append(" @").append(offsetBytes);
        }
        if (lengthBytes > 0) {
            text.append('+').append(lengthBytes);
        }
        return text.toString();
    }
}
