package cordwood.lsm.manifest;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.lsm.format.Corruption;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileKind;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.Leftovers;
import cordwood.lsm.format.SpaceReserve;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.format.StoreId;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.MemoryRefused;
import cordwood.memory.Region;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The store's record of its files, kept on disk: edits are appended, and now and then a new file
 * with a snapshot takes the old one's place at once. Thread-safe.
 */
public final class Manifest implements AutoCloseable {

    /*
     * An edit counts once it is synced, which is before anything is done that relies on it. So only
     * the last frame can be torn, and a torn one never counted: the next edit is written over it. An
     * intact frame behind a damaged one is proof of damage.
     *
     * Once a fresh file has the old one's name, an edit in the old one would be lost. So none is made
     * from then on before a fresh one is open and its name synced. Where that is refused, another takes
     * its place: what a sync that failed was about is synced never more.
     *
     * The file is preallocated, and a fresh one begun at three quarters, in the room that the spare file
     * keeps: so the disk may be full, and the old one's room is the next spare. Where others took that,
     * the last quarter is left, and the last pages of it to edits that free room.
     */
    private static final int LAST_BYTES = 4 * ManifestDescriptor.PAGE_BYTES;

    private static final long NUMBERS_AHEAD_MAX = 1L << 32;

    private final Disk disk;
    private final Path directory;
    private final Chunks chunks;
    private final Account account;
    private final StoreId store;

    private final Region room;
    private final SpaceReserve spare;

    // guarded by this
    private ManifestState state;
    private DiskFile file;
    private long sizeBytes;
    private long generation;
    private long index;
    private long offset;
    private long lastNumber;
    private boolean isFresh; // begun by this process
    private boolean isReplaced; // in its directory: it must not be written to any more
    private boolean isOlder; // of a version that some edits cannot be written in
    private List<Edit> owed = List.of(); // to be made before any other
    private Runnable whenMade = () -> {};
    private StoreException.@Nullable Failed failed;

    private Manifest(
            Disk disk,
            Path directory,
            Chunks chunks,
            Account account,
            StoreId store,
            ManifestState state,
            long generation) {
        this.spare = spareOf(disk, directory);
        this.disk = disk;
        this.directory = directory;
        this.chunks = chunks;
        this.account = account;
        this.store = store;
        this.state = state;
        this.generation = generation;
        this.lastNumber = state.highestNumber();
        this.room = chunks.region(account, Chunks.GRANULE_BYTES);
        use(disk.open(directory.resolve(FileNames.MANIFEST)));
    }

    private static SpaceReserve spareOf(Disk disk, Path directory) {
        return SpaceReserve.of(
                disk,
                directory.resolve(FileNames.MANIFEST_SPARE),
                ManifestDescriptor.FILE_BYTES_MIN);
    }

    /** Goes on in an opened file, which is closed where that fails. */
    private void use(DiskFile opened) {
        boolean measured = false;
        try {
            sizeBytes = opened.sizeBytes();
            measured = true;
        } finally {
            if (!measured) {
                opened.close();
            }
        }
        file = opened;
    }

    /** Whether a directory has a manifest. */
    public static boolean exists(Disk disk, Path directory) {
        return disk.exists(directory.resolve(FileNames.MANIFEST));
    }

    /** Makes the manifest of a new store, which owns no file yet. */
    public static Manifest create(Disk disk, Path directory, Chunks chunks, Account account) {
        StoreId store = StoreId.random();
        ManifestState state = new ManifestState();
        writeNew(disk, directory, chunks, account, store, state, 1, spareOf(disk, directory));
        disk.syncDirectory(directory);
        Manifest manifest = new Manifest(disk, directory, chunks, account, store, state, 1);
        manifest.startBehindSnapshot();
        manifest.isFresh = true;
        return manifest;
    }

    /**
     * Reads the manifest of a store.
     *
     * @throws StoreException.Corrupt when it is damaged
     */
    public static Manifest open(Disk disk, Path directory, Chunks chunks, Account account) {
        ManifestContent content =
                ManifestReader.read(
                        disk,
                        directory.resolve(FileNames.MANIFEST),
                        chunks,
                        account,
                        ManifestReader.NOBODY);
        Manifest manifest =
                new Manifest(
                        disk,
                        directory,
                        chunks,
                        account,
                        content.header().store(),
                        content.state(),
                        content.header().number());
        manifest.index = content.frames();
        manifest.offset = content.endBytes();
        manifest.isOlder = content.header().version() < FileKind.MANIFEST.version();
        return manifest;
    }

    /**
     * Puts what was read on record in a fresh file. Comes before anything that relies on what was
     * read, the first edit at the latest: after a sync that failed, a system may go on showing what
     * is on no disk.
     *
     * @throws RuntimeException as {@link #append} does: the old one is still in use, or can be
     *     replaced later
     */
    public synchronized void startAfresh() {
        if (!isFresh) {
            replaceIfRoom(true);
        }
    }

    private void startBehindSnapshot() {
        index = 1;
        offset = ManifestDescriptor.FRAMES_AT + ManifestDescriptor.frameBytes(state.snapshot());
    }

    /** The store's identity. */
    public StoreId store() {
        return store;
    }

    /** A number that no file has had. */
    public synchronized long nextNumber() {
        lastNumber++;
        return lastNumber;
    }

    /**
     * Leaves out numbers up to this one, which some file has, though it is not on record; unless it
     * is so far off that nobody can have given it out here.
     */
    public synchronized void skipNumber(long number) {
        if (number > lastNumber && number - lastNumber < NUMBERS_AHEAD_MAX) {
            lastNumber = number;
        }
    }

    /** Looks at what is on record. */
    public synchronized <T> T read(Function<ManifestState, T> reader) {
        return reader.apply(state);
    }

    /**
     * Makes edits, all or none. They are synced when this returns.
     *
     * @throws StoreException.Full when the disk has no room; nothing was changed
     * @throws StoreException.Busy when too many files are open; nothing was changed
     * @throws cordwood.memory.MemoryRefused when there is no memory; nothing was changed
     * @throws StoreException.Failed when the storage failed, now or before: none can be made any
     *     more
     */
    public void append(List<Edit> edits) {
        append(_ -> edits, 0);
    }

    /**
     * Makes edits that come before all others: now, or where that is refused with the next.
     *
     * @param made run once they are made, also much later; must not throw
     * @throws StoreException.Failed as {@link #append}
     */
    public synchronized void appendFirst(List<Edit> edits, Runnable made) {
        owed = List.copyOf(edits);
        whenMade = made;
        try {
            append(List.of());
        } catch (StoreException.Full | StoreException.Busy | MemoryRefused _) {
            // with the next, then
        }
    }

    /**
     * As {@link #append(List)}, edits that follow from what is on record; none is made where there
     * is none. They free no room, and leave what is last of it to those that do.
     */
    public void append(Function<ManifestState, List<Edit>> following) {
        append(following, LAST_BYTES);
    }

    private synchronized void append(Function<ManifestState, List<Edit>> following, int leftBytes) {
        List<Edit> edits = following.apply(state);
        if (!owed.isEmpty()) {
            List<Edit> all = new ArrayList<>(owed);
            all.addAll(edits);
            edits = all;
        }
        if (edits.isEmpty()) {
            return;
        }
        makeRoomFor(edits, leftBytes);
        long bytes = ManifestDescriptor.frameBytes(edits);
        if (bytes <= room.sizeBytes()) {
            writeWhole(room.memory().asSlice(0, bytes), edits);
        } else {
            try (Region large = chunks.region(account, bytes)) {
                writeWhole(large.memory(), edits);
            }
        }
        if (!owed.isEmpty()) {
            owed = List.of();
            whenMade.run();
        }
    }

    private void makeRoomFor(List<Edit> edits, int leftBytes) {
        if (failed != null) {
            throw failed.again(Outcome.UNKNOWN);
        }
        long bytes = ManifestDescriptor.frameBytes(edits) + leftBytes;
        if (isReplaced || !isFresh || offset + bytes > sizeBytes * 3 / 4) {
            replaceIfRoom(isOlder || offset + bytes > sizeBytes);
        }
        if (offset + bytes > sizeBytes) {
            throw new StoreException.Full(
                    "the disk is full: the manifest has no room for an edit; make room on it",
                    null);
        }
    }

    /** All that may find no heap comes before the first byte is written. */
    private void writeWhole(MemorySegment frame, List<Edit> edits) {
        ManifestState next = state.with(edits);
        frame.fill((byte) 0);
        ManifestDescriptor.writeFrame(frame, generation, index, edits);
        ByteBuffer bytes = frame.asByteBuffer();
        try {
            write(bytes);
        } catch (StoreException.Failed e) {
            failed = e;
            throw e;
        } catch (Error e) {
            if (bytes.position() == 0) {
                throw e;
            }
            failed = StorageFailures.ofSecondHalf(e);
            throw failed;
        }
        state = next;
        index++;
        offset += bytes.limit();
    }

    private void write(ByteBuffer frame) {
        try {
            file.write(offset, frame);
            file.sync();
        } catch (FileFailure e) {
            throw StorageFailures.ofWrite(e);
        }
    }

    private void replaceIfRoom(boolean needed) {
        try {
            replace();
        } catch (FileFailure e) {
            RuntimeException meant = StorageFailures.ofBackgroundWork(e);
            if (meant instanceof StoreException.Failed) {
                throw fail(e);
            }
            if (needed || isReplaced) {
                throw meant;
            }
        } catch (MemoryRefused e) {
            if (needed || isReplaced) {
                throw e;
            }
        }
    }

    private void replace() {
        state.note(lastNumber);
        writeNew(disk, directory, chunks, account, store, state, generation + 1, spare);
        isReplaced = true;
        disk.syncDirectory(directory);
        DiskFile old = file;
        use(disk.open(directory.resolve(FileNames.MANIFEST)));
        isReplaced = false;
        isOlder = false;
        isFresh = true;
        generation++;
        startBehindSnapshot();
        old.close();
    }

    /**
     * Puts a state on record in another directory, which makes it a store, once what was written is
     * read back.
     *
     * @throws StoreException.Corrupt when something else is read; the directory is no store then
     * @throws FileFailure when the disk fails; some file may be left
     */
    public static void writeCopy(
            Disk disk,
            Path target,
            Chunks chunks,
            Account account,
            StoreId store,
            ManifestState copied) {
        Path temporary = target.resolve(FileNames.temporary(FileNames.MANIFEST));
        writeTemporary(disk, temporary, chunks, account, store, copied, 1, spareOf(disk, target));
        ManifestContent found =
                ManifestReader.read(disk, temporary, chunks, account, ManifestReader.NOBODY);
        if (!found.header().store().equals(store)
                || !found.state().snapshot().equals(copied.snapshot())) {
            throw Corruption.at(
                    temporary, ManifestDescriptor.FRAMES_AT, "what was written", "something else");
        }
        disk.rename(temporary, target.resolve(FileNames.MANIFEST));
        disk.syncDirectory(target);
    }

    private StoreException.Failed fail(FileFailure cause) {
        StoreException.Failed failure = StorageFailures.ofWrite(cause);
        failed = failure;
        return failure;
    }

    private static void writeNew(
            Disk disk,
            Path directory,
            Chunks chunks,
            Account account,
            StoreId store,
            ManifestState state,
            long generation,
            SpaceReserve spare) {
        Path temporary = directory.resolve(FileNames.temporary(FileNames.MANIFEST));
        writeTemporary(disk, temporary, chunks, account, store, state, generation, spare);
        disk.rename(temporary, directory.resolve(FileNames.MANIFEST));
    }

    private static void writeTemporary(
            Disk disk,
            Path temporary,
            Chunks chunks,
            Account account,
            StoreId store,
            ManifestState state,
            long generation,
            SpaceReserve spare) {
        List<Edit> snapshot = state.snapshot();
        long bytes = ManifestDescriptor.FRAMES_AT + ManifestDescriptor.frameBytes(snapshot);
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        long fileBytes = ManifestDescriptor.fileBytes(bytes - ManifestDescriptor.FRAMES_AT);
        try (Region region = chunks.region(account, bytes);
                DiskFile target = preallocated(disk, temporary, fileBytes, spare)) {
            MemorySegment content = region.memory().fill((byte) 0);
            ManifestDescriptor.writeHeader(
                    content, FileHeader.of(FileKind.MANIFEST, store, generation));
            ManifestDescriptor.writeFrame(
                    content.asSlice(ManifestDescriptor.FRAMES_AT), generation, 0, snapshot);
            target.write(0, content.asByteBuffer());
            target.sync();
        } catch (FileFailure e) {
            Leftovers.delete(disk, List.of(temporary), e); // it may hold the last room of the disk
            throw e;
        }
    }

    private static DiskFile preallocated(Disk disk, Path path, long fileBytes, SpaceReserve spare) {
        if (fileBytes == ManifestDescriptor.FILE_BYTES_MIN && spare.tryTurnInto(path)) {
            return disk.open(path);
        }
        DiskFile made = disk.create(path);
        boolean done = false;
        try {
            made.preallocate(fileBytes);
            done = true;
            return made;
        } finally {
            if (!done) {
                made.close();
            }
        }
    }

    /**
     * Keeps room for the next file; false when nothing was to do. Comes before all else that takes
     * room.
     *
     * @throws FileFailure when there is none, or the disk fails
     */
    public boolean keepRoom() {
        return spare.make();
    }

    @Override
    public synchronized void close() {
        room.close();
        file.close();
    }
}
