package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.store.StoreException;
import cordwood.store.ThreadEnd;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Keeps the store able to write while the disk is short of room: refuses puts in time, lets trims
 * through, and gives back what was trimmed. What takes long runs on a thread of its own.
 *
 * <p>While there is room it only looks at the disk, once a second and now and then before a group.
 */
final class Upkeep implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("cordwood.rocksdb");
    private static final long TICK_NANOS = 1_000_000_000;
    private static final long WAKE_NANOS = 5_000_000;

    /** RocksDB looks for room every few seconds. */
    private static final long RESUME_NANOS_MAX = 20_000_000_000L;

    private static final long RESUME_TICK_NANOS = 20_000_000;

    /** Of the memtables, to be worth a flush: that must not make a table of every trim. */
    private static final int TRIMMED_SHARE = 16;

    private final Database database;
    private final Reserve reserve;
    private final DiskRoom room;
    private final Reclaim reclaim;
    private final long resumeBytes; // what RocksDB wants to see free
    private final boolean boundsCompactions;
    private @Nullable Thread thread; // set by start
    private volatile boolean closing;

    /** RocksDB has found no room: what was given up is for the flush that it resumes with. */
    private volatile boolean awaitsResuming;

    private long wokenNanos = System.nanoTime() - WAKE_NANOS; // confined to the committing step

    // confined to the thread
    private long flushedNanos = System.nanoTime() - TICK_NANOS;
    private boolean isFirstPass = true;

    private Upkeep(Database database, Reserve reserve, DiskRoom room, RocksOptions options) {
        this.database = database;
        this.reserve = reserve;
        this.room = room;
        this.resumeBytes = options.sizes().writeBufferBytes();
        this.boundsCompactions = options.paranoidChecks(); // else one refused is one failed
        this.reclaim = new Reclaim(database);
    }

    /** That of an open store; does nothing by itself until it is started. */
    static Upkeep of(Database database, StoreDirectory directory, RocksOptions options) {
        return of(database, directory, options, System::nanoTime);
    }

    /** The same, with a clock for how old a look at the disk is. */
    static Upkeep of(
            Database database,
            StoreDirectory directory,
            RocksOptions options,
            LongSupplier clockNanos) {
        Disk disk = directory.disk();
        long bufferBytes = options.sizes().writeBufferBytes();
        Reserve reserve = new Reserve(disk, directory.path(), bufferBytes);
        DiskRoom room =
                new DiskRoom(
                        disk,
                        directory.path(),
                        directory.walDirectory(),
                        database.preallocates() ? options.sizes().logAheadBytes() : 0,
                        reserve,
                        database::memtableBytes,
                        clockNanos);
        return new Upkeep(database, reserve, room, options);
    }

    /** Keeps room for a full disk where that is due, and starts the thread. */
    void start() {
        maybeMakeReserve();
        thread = Thread.ofPlatform().daemon().name("rocksdb-upkeep").start(this::loop);
    }

    /**
     * Lets a group with puts pass.
     *
     * @throws StoreException.Full where its flush might not find room later
     */
    void requireRoomForPuts(long groupBytes) {
        if (!room.tryTake(groupBytes)) {
            maybeWake();
            throw new StoreException.Full(
                    "the disk is short of room; trims go on, and puts once there is some", null);
        }
    }

    /** Gives the reserve up where a group of trims would not find room. */
    void makeRoomForTrims(long groupBytes) {
        if (!room.tryTake(groupBytes) && room.isFull()) {
            giveUpReserve();
        }
    }

    /** The database has the trims of a group. Needs no heap. */
    void trimmed(StreamMarks trims) {
        reclaim.note(trims);
        if (room.isWanted() || !hasRoom()) {
            maybeWake();
        }
    }

    private boolean hasRoom() {
        try {
            return room.tryTake(0);
        } catch (OutOfMemoryError _) {
            return false; // the thread looks itself
        }
    }

    /**
     * RocksDB found no room, and waits for some: it looks every few seconds, and then flushes. For
     * trims the reserve is given up to that. Needs no heap.
     *
     * @param forTrims whether it was to write trims alone; for puts the reserve is not given up,
     *     since others would have it before RocksDB looks, and the trims none
     */
    void foundFull(boolean forTrims) {
        awaitsResuming = true;
        room.foundFull();
        if (forTrims) {
            try {
                maybeGiveUpReserve();
            } catch (OutOfMemoryError _) {
                // RocksDB is asked again and finds no room again, or there is some
            }
        }
        wake();
    }

    /** Written so far to keep room for a full disk. */
    long preparedBytes() {
        return reserve.writtenBytes();
    }

    /** Whether puts are refused, all or large ones. */
    boolean isShortOfRoom() {
        return room.isShort();
    }

    /** Those who are refused and come again at once must not keep the thread busy. */
    private void maybeWake() {
        long nowNanos = System.nanoTime();
        if (nowNanos - wokenNanos >= WAKE_NANOS) {
            wokenNanos = nowNanos;
            wake();
        }
    }

    private void wake() {
        LockSupport.unpark(thread); // nothing where it was not started
    }

    private void loop() {
        while (!closing) {
            try {
                pass();
            } catch (RocksDBException | RuntimeException e) {
                logRetry(e);
            } catch (OutOfMemoryError _) {
                // nothing to tell with
            }
            LockSupport.parkNanos(this, TICK_NANOS);
            Thread.interrupted(); // a logger's: parking would not wait
        }
    }

    private static void logRetry(Exception e) {
        try {
            LOG.log(System.Logger.Level.DEBUG, "tried again in a second", e);
        } catch (OutOfMemoryError _) {
            // it is tried again all the same
        }
    }

    private void pass() throws RocksDBException {
        if (boundsCompactions) {
            database.compactionRoom()
                    .allow(room.bytesForCompactions() - database.rewrittenBlobBytes());
        }
        if (awaitsResuming && database.isResumed()) {
            awaitsResuming = false;
        }
        if (!awaitsResuming) {
            if (isShortOfRoom()) {
                giveBack();
            }
            maybeMakeReserve();
        } else if (room.leftBytes() >= resumeBytes) {
            maybeMakeReserve(); // it resumes all the same
        } else if (reclaim.hasTrims()) {
            maybeGiveUpReserve();
        }
        isFirstPass = false;
    }

    /**
     * What was trimmed comes back with a flush, which frees the log, and a compaction. The reserve
     * is for trims that are noted, and for those before the opening where it found no room.
     */
    private void giveBack() throws RocksDBException {
        Reclaim.Outlook outlook = reclaim.look(freeBytes());
        boolean frees = outlook.memtableBytes() * TRIMMED_SHARE > database.memtableBytes();
        boolean isUrgent =
                isFirstPass
                        || frees
                        || (outlook.compacts() && reclaim.hasTrims())
                        || outlook.dropsTables();
        if (isUrgent) {
            maybeGiveUpReserve();
        }
        if (isUrgent || (mayFlush() && (outlook.compacts() || isWorthAFlush()))) {
            flushedNanos = System.nanoTime();
            List<KeyRange> trimmed = reclaim.trimmed();
            database.flush();
            reclaim.dropTables(trimmed);
            reclaim.run(this::freeBytes);
        }
    }

    /** What is free, and what the reserve keeps. */
    private long freeBytes() {
        return room.freeBytes() + reserve.heldBytes();
    }

    /**
     * However little the memtables hold, a flush may be all that helps who is refused: the log
     * gives back what it was preallocated with. That must not make a table of every record.
     */
    private boolean isWorthAFlush() {
        return database.memtableBytes() > room.slackBytes()
                || room.isLogFull()
                || System.nanoTime() - flushedNanos >= TICK_NANOS;
    }

    /** Whether a flush would find room without the reserve. */
    boolean mayFlush() {
        return !room.isTooFullToFlush();
    }

    /**
     * For a last flush of what is nowhere else: gives the reserve up where it is needed, and waits
     * until RocksDB has seen that.
     */
    void makeRoomForLastFlush() {
        awaitsResuming = database.awaitsRoom();
        maybeGiveUpReserve();
        long startNanos = System.nanoTime();
        while (database.awaitsRoom()
                && room.freeBytes() >= resumeBytes
                && System.nanoTime() - startNanos < RESUME_NANOS_MAX) {
            LockSupport.parkNanos(this, RESUME_TICK_NANOS);
        }
    }

    private void maybeGiveUpReserve() {
        if (room.isTooFullToFlush() || (awaitsResuming && room.freeBytes() < resumeBytes)) {
            giveUpReserve();
        }
    }

    private void giveUpReserve() {
        try {
            reserve.giveUp();
        } catch (FileFailure e) {
            LOG.log(System.Logger.Level.WARNING, "the reserve cannot be given up", e);
        }
    }

    private void maybeMakeReserve() {
        try {
            reserve.make();
        } catch (FileFailure e) {
            LOG.log(System.Logger.Level.DEBUG, "no room is kept for a full disk", e);
        }
    }

    /** Ends the thread and waits for it. */
    void end() {
        closing = true;
        reclaim.cancel();
        wake();
        Thread started = thread;
        if (started != null) {
            ThreadEnd.await(started);
        }
    }

    /** Ends the thread, and keeps room for the next opening. */
    @Override
    public void close() {
        end();
        if (thread != null) {
            maybeMakeReserve();
        }
        reclaim.close();
    }
}
