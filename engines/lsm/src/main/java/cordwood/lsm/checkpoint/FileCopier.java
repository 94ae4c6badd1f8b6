package cordwood.lsm.checkpoint;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.format.Corruption;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Region;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Copies files byte by byte, through memory that it takes with the first. Used by one thread. */
final class FileCopier implements AutoCloseable {

    private static final int BUFFER_BYTES = 256 << 10;
    private static final int SYNC_BYTES = 4 << 20;

    private final Disk disk;
    private final Chunks chunks;
    private final Account account;
    private final BooleanSupplier stopping;
    private final LongConsumer copied;
    private @Nullable Region buffer;

    /**
     * A copier without memory.
     *
     * @param stopping asked before each read; ends the copy
     * @param copied told of bytes, as they are copied
     */
    FileCopier(
            Disk disk,
            Chunks chunks,
            Account account,
            BooleanSupplier stopping,
            LongConsumer copied) {
        this.disk = disk;
        this.chunks = chunks;
        this.account = account;
        this.stopping = stopping;
        this.copied = copied;
    }

    /**
     * Copies a file and syncs the copy.
     *
     * @param sizeBytes how long the file is
     * @throws cordwood.store.StoreException.Corrupt when the file is shorter
     * @throws CancellationException when it was stopped
     * @throws cordwood.files.FileFailure when the disk fails; some of the copy may be left
     */
    void copy(Path from, Path to, long sizeBytes) {
        MemorySegment memory = memory();
        try (DiskFile source = disk.openReadOnly(from);
                DiskFile copy = disk.create(to)) {
            long unsyncedBytes = 0;
            for (long at = 0; at < sizeBytes; ) {
                if (stopping.getAsBoolean()) {
                    throw new CancellationException("stopped");
                }
                MemorySegment part = memory.asSlice(0, Math.min(BUFFER_BYTES, sizeBytes - at));
                int readBytes = source.read(at, part.asByteBuffer());
                if (readBytes < part.byteSize()) {
                    throw Corruption.at(
                            from,
                            at,
                            "a file of " + sizeBytes + " bytes",
                            at + readBytes + " bytes");
                }
                copy.write(at, part.asByteBuffer());
                at += readBytes;
                unsyncedBytes += readBytes;
                if (unsyncedBytes >= SYNC_BYTES) {
                    copy.sync();
                    unsyncedBytes = 0;
                }
                copied.accept(readBytes);
            }
            copy.sync();
        }
    }

    private MemorySegment memory() {
        Region present = buffer;
        if (present == null) {
            present = chunks.region(account, BUFFER_BYTES);
            buffer = present;
        }
        return present.memory();
    }

    @Override
    public void close() {
        Region present = buffer;
        if (present != null) {
            buffer = null;
            present.close();
        }
    }
}
