package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.store.PrivateThread;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Opens a directory and the database in it, on a thread that no caller's interrupt reaches. What
 * can be refused without looking at files is refused before one is made, and what was opened is
 * closed when a later step fails. On a full disk the room that was kept is used. Used once.
 */
final class Opening {

    private final Path path;
    private final RocksOptions options;
    private final Deque<AutoCloseable> acquired = new ArrayDeque<>();

    Opening(Path path, RocksOptions options) {
        this.path = path;
        this.options = options;
    }

    /** Makes what is opened of its parts, which are its own from then on. */
    @FunctionalInterface
    interface Maker<T> {
        T of(StoreDirectory directory, Database database);
    }

    <T> T open(Maker<T> maker) {
        return PrivateThread.open("rocksdb-open", () -> openHere(maker));
    }

    private <T> T openHere(Maker<T> maker) {
        try {
            return tryOpen(maker);
        } catch (StoreException.Full e) {
            if (options.readOnly() || !isReserveGivenUp()) {
                throw e;
            }
            return tryOpen(maker);
        }
    }

    private boolean isReserveGivenUp() {
        try {
            return Reserve.giveUp(Disk.real(), path);
        } catch (FileFailure e) {
            throw Problems.files(e);
        }
    }

    private <T> T tryOpen(Maker<T> maker) {
        try {
            T made = assemble(maker);
            acquired.clear();
            return made;
        } catch (FileFailure e) {
            throw Problems.files(e);
        } finally {
            giveBack();
        }
    }

    private <T> T assemble(Maker<T> maker) {
        Cells cells = acquired(Cells.open(options.sizes().cellBytes(), options.allocator()));
        StoreDirectory directory =
                acquired(
                        StoreDirectory.claim(
                                Disk.real(), path, options.log().directory(), options.readOnly()));
        Database database = acquired(Database.open(directory, cells, options));
        acquired.remove(cells); // they are the database's
        return maker.of(directory, database);
    }

    private <T extends AutoCloseable> T acquired(T resource) {
        acquired.push(resource);
        return resource;
    }

    /** Everything that was acquired, whatever is thrown meanwhile. */
    private void giveBack() {
        while (!acquired.isEmpty()) {
            try {
                acquired.pop().close();
            } catch (Exception _) {
                // the failure that brought us here is the one to report
            }
        }
    }
}
