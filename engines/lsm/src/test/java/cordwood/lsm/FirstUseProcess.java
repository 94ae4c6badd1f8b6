package cordwood.lsm;

import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The process of {@link FirstUseTest}, which has few file descriptors: takes them all once a store
 * is open, writes until it is refused, and gives them back. Ends with status 1 when that ends
 * writing.
 */
final class FirstUseProcess {

    private static final Space SPACE = new Space(3, "test");
    private static final int RECORD_BYTES = 10_000;

    private final LocalStore store;
    private final WriteBatch batch;
    private long position;

    private FirstUseProcess(LocalStore store) {
        this.store = store;
        this.batch = store.newBatch();
    }

    @SuppressWarnings("SystemOut") // the parent reads it
    static void main(String... arguments) throws IOException {
        StoreOptions options =
                Fixtures.options(
                        Path.of(arguments[0]),
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "wal-segment-size",
                        "64KiB");
        try (LocalStore store = (LocalStore) new LsmProvider().open(options)) {
            FirstUseProcess process = new FirstUseProcess(store);
            process.isWritten(); // the test's own classes
            process.isFlushed();
            List<FileInputStream> taken = takeAll();
            while (process.isWritten()) {
                process.position++;
            }
            process.isFlushed(); // it may close a table's file to have one itself
            for (FileInputStream one : taken) {
                one.close();
            }
            while (!process.isWritten() || !process.isFlushed()) {
                Thread.onSpinWait();
            }
            System.out.println("refused and went on");
        } catch (StoreException.Failed e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private boolean isWritten() {
        batch.clear();
        batch.put(SPACE, 1, position, Bytes.random(position, RECORD_BYTES));
        try {
            store.append(batch, Durability.DURABLE).await();
            return true;
        } catch (StoreException.Busy _) {
            return false;
        }
    }

    private boolean isFlushed() {
        try {
            store.flush();
            return true;
        } catch (StoreException.Busy _) {
            return false;
        }
    }

    private static List<FileInputStream> takeAll() {
        List<FileInputStream> taken = new ArrayList<>();
        try {
            while (true) {
                taken.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException _) {
            return taken;
        }
    }
}
