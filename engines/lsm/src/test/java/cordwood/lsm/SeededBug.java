package cordwood.lsm;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.lsm.format.FileNames;
import cordwood.testkit.disk.DiskCall;
import cordwood.testkit.disk.DiskOperation;
import cordwood.testkit.disk.InterposedDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Mistakes in how the engine uses its disk, made by a disk that drops, delays or repeats the calls
 * in question.
 */
enum SeededBug {
    SKIP_SYNC_OF_LOG,
    SKIP_SYNC_OF_DIRECTORY,
    RETRY_SYNC,
    ACKNOWLEDGE_BEFORE_SYNC,
    APPEND_AFTER_SHORT_WRITE,
    TRUST_LENGTH_BEFORE_CHECKSUM,
    SERVE_BEFORE_SYNC,
    DROP_LOG_BEFORE_TABLE_IS_SYNCED,
    RENAME_BEFORE_SYNC,
    TAKE_DAMAGE_FOR_TORN_TAIL;

    /** The disk as an engine with this bug would use it. */
    Disk before(Disk disk) {
        return new Front(this, disk);
    }

    /** Stands between one life of a store and its disk. */
    private static final class Front extends InterposedDisk {
        private final SeededBug bug;
        private final Set<Path> owed = new HashSet<>();
        private final Set<Path> written = new HashSet<>();

        private Front(SeededBug bug, Disk disk) {
            super(disk);
            this.bug = bug;
        }

        @Override
        @SuppressWarnings("NullAway") // only calls without a result are dropped
        protected <T extends @Nullable Object> T onCall(
                DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
            if (drops(call)) {
                return null;
            }
            if (bug != RETRY_SYNC || call.operation() != DiskOperation.SYNC) {
                return body.get();
            }
            try {
                return body.get();
            } catch (FileFailure e) {
                return body.get();
            }
        }

        private boolean drops(DiskCall call) {
            if (call.operation() == DiskOperation.SYNC_DIRECTORY) {
                return bug == SKIP_SYNC_OF_DIRECTORY;
            }
            if (call.operation() != DiskOperation.SYNC) {
                return false;
            }
            return switch (bug) {
                case SKIP_SYNC_OF_LOG -> isLog(call);
                case ACKNOWLEDGE_BEFORE_SYNC -> isLog(call) && owed.add(call.path());
                case DROP_LOG_BEFORE_TABLE_IS_SYNCED -> call.fileName().contains(".table");
                case RENAME_BEFORE_SYNC ->
                        call.fileName().equals(FileNames.temporary(FileNames.MANIFEST));
                case SERVE_BEFORE_SYNC -> isLog(call) && !written.contains(call.path());
                case SKIP_SYNC_OF_DIRECTORY,
                        RETRY_SYNC,
                        APPEND_AFTER_SHORT_WRITE,
                        TRUST_LENGTH_BEFORE_CHECKSUM,
                        TAKE_DAMAGE_FOR_TORN_TAIL ->
                        false;
            };
        }

        @Override
        protected int onRead(DiskCall call, DiskFile file, ByteBuffer target) {
            int start = target.position();
            int count = super.onRead(call, file, target);
            if (isLog(call) && count > 0) {
                LogBytes bytes = new LogBytes(target.slice(start, count), call.offsetBytes());
                switch (bug) {
                    case TRUST_LENGTH_BEFORE_CHECKSUM -> bytes.makeEveryHeadIntact();
                    case TAKE_DAMAGE_FOR_TORN_TAIL -> bytes.withdrawPromises();
                    default -> {}
                }
            }
            return count;
        }

        @Override
        protected void onWrite(DiskCall call, DiskFile file, ByteBuffer source) {
            written.add(call.path());
            if (owed.remove(call.path())) {
                file.sync();
            }
            try {
                super.onWrite(call, file, source);
            } catch (FileFailure e) {
                if (bug != APPEND_AFTER_SHORT_WRITE || !isLog(call)) {
                    throw e;
                }
                source.position(source.limit());
            }
        }

        private static boolean isLog(DiskCall call) {
            return call.fileName().endsWith(".wal");
        }
    }
}
