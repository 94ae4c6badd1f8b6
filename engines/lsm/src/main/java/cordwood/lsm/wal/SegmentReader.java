package cordwood.lsm.wal;

import cordwood.files.DiskFile;
import cordwood.lsm.format.Checksums;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.LittleEndian;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads one segment from its start through a window of memory. Confined to one thread. */
final class SegmentReader {

    private final DiskFile file;
    private final long number;
    private final MemorySegment window;
    private final long sizeBytes;

    private long windowAt;
    private long windowBytes;

    /** A reader of an open file; {@code window} holds at least a page. */
    SegmentReader(DiskFile file, long number, MemorySegment window) {
        this.file = file;
        this.number = number;
        this.window = window;
        this.sizeBytes = file.sizeBytes();
    }

    Path path() {
        return file.path();
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** How the segment continues the log; null when it was never begun. */
    WalDescriptor.@Nullable Link link(FileHeader expected) {
        if (sizeBytes < WalDescriptor.FRAMES_AT) {
            return null;
        }
        long at = show(0, WalDescriptor.HEADER.sizeBytes());
        return at < 0
                ? null
                : WalDescriptor.readHeader(
                        window.asSlice(at, WalDescriptor.HEADER.sizeBytes()),
                        expected,
                        file.path());
    }

    /** Where in {@link #window()} the intact head of a frame at a file offset is, or -1. */
    long frame(long offset) {
        long at = show(offset, WalDescriptor.FRAME_BYTES);
        return at >= 0 && WalDescriptor.isFrame(window, at, number, sizeBytes - offset) ? at : -1;
    }

    MemorySegment window() {
        return window;
    }

    /** Reads the body of the frame at an offset; whether its checksum is the one in the head. */
    boolean readBody(long offset, int checksum, MemorySegment target) {
        long from = offset + WalDescriptor.FRAME_BYTES;
        long bytes = target.byteSize();
        if (bytes <= window.byteSize()) {
            long at = show(from, bytes);
            if (at < 0) {
                return false;
            }
            MemorySegment.copy(window, at, target, 0, bytes);
        } else if (file.read(from, target.asByteBuffer()) < bytes) {
            return false;
        }
        return Checksums.of(target, 0, bytes) == checksum;
    }

    /**
     * Looks at every place between two offsets where a frame may start.
     *
     * @param before what was found so far
     */
    Beyond scan(long from, long to, Beyond before) {
        Beyond found = before;
        long offset = from;
        while (offset + WalDescriptor.FRAME_BYTES <= Math.min(to, sizeBytes)) {
            long at = show(offset, WalDescriptor.FRAME_BYTES);
            if (at < 0) {
                break;
            }
            long step = WalDescriptor.FRAME_ALIGNMENT_BYTES;
            if (LittleEndian.i32(window, at) == WalDescriptor.FRAME_MAGIC
                    && WalDescriptor.isFrame(window, at, number, sizeBytes - offset)) {
                step = WalDescriptor.extentBytes(window, at);
                found = found.with(WalDescriptor.syncedPosition(window, at), step);
            }
            offset += step;
        }
        return found;
    }

    /** Brings bytes of the file into the window; their place in it, or -1 when the file ends. */
    private long show(long offset, long bytes) {
        if (offset < windowAt || offset + bytes > windowAt + windowBytes) {
            windowAt = offset;
            windowBytes = file.read(offset, window.asByteBuffer());
        }
        return bytes <= windowBytes ? offset - windowAt : -1;
    }
}
