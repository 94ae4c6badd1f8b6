package cordwood.rocksdb;

import cordwood.store.Durability;
import cordwood.store.LocalStore;
import cordwood.store.WriteBatch;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Appends to a store until it is killed, and says what was acknowledged. */
final class KilledProcess {

    static final String OPENED = "opened";

    private KilledProcess() {}

    /** Arguments: the store's directory, its log's, a seed. */
    @SuppressWarnings("SystemOut") // the parent reads it
    static void main(String... arguments) {
        SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[2]));
        LocalStore store = Fixtures.open(Path.of(arguments[0]), "wal-dir", arguments[1]);
        System.out.println(OPENED);
        long position = Math.max(-1, store.bounds(Fixtures.SPACE, 1).last()) + 1;
        while (true) {
            try (WriteBatch batch = store.newBatch()) {
                int size = random.nextInt(100) == 0 ? 200_000 : random.nextInt(1, 2_000);
                batch.put(Fixtures.SPACE, 1, position, Fixtures.pattern(size));
                boolean durable = random.nextInt(8) == 0;
                store.append(batch, durable ? Durability.DURABLE : Durability.WRITTEN).await();
            }
            System.out.println(position++);
            if (random.nextInt(40) == 0) {
                store.flush();
            }
        }
    }
}
