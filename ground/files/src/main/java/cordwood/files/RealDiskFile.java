package cordwood.files;

import cordwood.files.FileFailure.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Path;

/** An open file of the operating system. */
final class RealDiskFile implements DiskFile {

    private static final int ZEROS_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;

    RealDiskFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) {
        long at = offsetBytes;
        try {
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        } catch (IOException e) {
            throw RealDisk.Failures.of("write", path, at, e);
        } catch (NonWritableChannelException e) {
            throw openedForReading("write", at, e);
        }
    }

    @Override
    public int read(long offsetBytes, ByteBuffer target) {
        long at = offsetBytes;
        try {
            while (target.hasRemaining()) {
                int count = channel.read(target, at);
                if (count < 0) {
                    break;
                }
                at += count;
            }
        } catch (IOException e) {
            throw RealDisk.Failures.of("read", path, at, e);
        }
        return (int) (at - offsetBytes);
    }

    @Override
    public void sync() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw RealDisk.Failures.of("sync", path, -1, e);
        }
    }

    @Override
    public long sizeBytes() {
        try {
            return channel.size();
        } catch (IOException e) {
            throw RealDisk.Failures.of("measure", path, -1, e);
        }
    }

    @Override
    public void preallocate(long sizeBytes) {
        long oldBytes = sizeBytes();
        ByteBuffer zeros = Zeros.BUFFER.duplicate();
        try {
            for (long at = oldBytes; at < sizeBytes; at += zeros.limit()) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), sizeBytes - at));
                write(at, zeros);
            }
        } catch (FileFailure e) {
            if (e.kind() == Kind.NO_SPACE) {
                cutBack(oldBytes, e);
            }
            throw e;
        }
    }

    /** Shared: direct memory given up is given back only by the collector. */
    private static final class Zeros {
        static final ByteBuffer BUFFER = ByteBuffer.allocateDirect(ZEROS_BYTES).asReadOnlyBuffer();
    }

    private void cutBack(long oldBytes, FileFailure because) {
        try {
            truncate(oldBytes);
        } catch (FileFailure e) {
            because.addSuppressed(e);
        }
    }

    @Override
    public void truncate(long sizeBytes) {
        try {
            channel.truncate(sizeBytes);
        } catch (IOException e) {
            throw RealDisk.Failures.of("truncate", path, sizeBytes, e);
        } catch (NonWritableChannelException e) {
            throw openedForReading("truncate", sizeBytes, e);
        }
    }

    private FileFailure openedForReading(String operation, long offsetBytes, Exception cause) {
        return new FileFailure(
                Kind.DENIED, operation, path, offsetBytes, "it was opened for reading only", cause);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw RealDisk.Failures.of("close", path, -1, e);
        }
    }
}
