package cordwood.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A file whose whole blocks are written past the page cache, and everything else through it. */
final class UncachedDiskFile implements DiskFile {

    /** Named by its name: the compiler knows the type only as one that may go away. */
    private static final @Nullable OpenOption DIRECT =
            optionNamed("com.sun.nio.file.ExtendedOpenOption", "DIRECT");

    /** The last directory asked for, since asking reads the list of all mounts. */
    private static volatile @Nullable Whether lastAsked;

    private record Whether(Path directory, boolean takesOurBlocks) {}

    private final DiskFile file;
    private final FileChannel direct;

    UncachedDiskFile(DiskFile file, FileChannel direct) {
        this.file = file;
        this.direct = direct;
    }

    private static @Nullable OpenOption optionNamed(String type, String name) {
        try {
            Object[] options = Class.forName(type).getEnumConstants();
            for (Object option : options == null ? new Object[0] : options) {
                if (option.toString().equals(name)) {
                    return (OpenOption) option;
                }
            }
        } catch (ClassNotFoundException _) {
            // a JDK without it
        }
        return null;
    }

    /** A channel past the page cache to a file that is there; null where there is no such way. */
    static @Nullable FileChannel openDirect(Path path) {
        try {
            if (DIRECT != null && takesOurBlocks(path)) {
                return FileChannel.open(path, StandardOpenOption.WRITE, DIRECT);
            }
        } catch (IOException | UnsupportedOperationException _) {
            // a file system that cannot
        }
        return null;
    }

    private static boolean takesOurBlocks(Path path) throws IOException {
        Path directory = path.getParent();
        Whether last = lastAsked;
        if (last != null && last.directory.equals(directory)) {
            return last.takesOurBlocks;
        }
        boolean takes = Disk.BLOCK_BYTES % Files.getFileStore(path).getBlockSize() == 0;
        if (directory != null) {
            lastAsked = new Whether(directory, takes);
        }
        return takes;
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) {
        int blocksBytes = source.remaining() & -Disk.BLOCK_BYTES;
        boolean starts =
                offsetBytes % Disk.BLOCK_BYTES == 0
                        && source.isDirect()
                        && source.alignmentOffset(source.position(), Disk.BLOCK_BYTES) == 0;
        if (!starts || blocksBytes == 0) {
            file.write(offsetBytes, source);
            return;
        }
        int limit = source.limit();
        source.limit(source.position() + blocksBytes);
        long at = offsetBytes;
        try {
            while (source.hasRemaining() && at % Disk.BLOCK_BYTES == 0) {
                at += direct.write(source, at);
            }
        } catch (IOException e) {
            throw RealDisk.Failures.of("write", path(), at, e);
        } finally {
            source.limit(limit);
        }
        if (source.hasRemaining()) {
            file.write(at, source);
        }
    }

    @Override
    public int read(long offsetBytes, ByteBuffer target) {
        return file.read(offsetBytes, target);
    }

    @Override
    public void sync() {
        file.sync();
    }

    @Override
    public long sizeBytes() {
        return file.sizeBytes();
    }

    @Override
    public void preallocate(long sizeBytes) {
        file.preallocate(sizeBytes);
    }

    @Override
    public void truncate(long sizeBytes) {
        file.truncate(sizeBytes);
    }

    @Override
    public void close() {
        try (file) {
            direct.close();
        } catch (IOException e) {
            throw RealDisk.Failures.of("close", path(), -1, e);
        }
    }
}
