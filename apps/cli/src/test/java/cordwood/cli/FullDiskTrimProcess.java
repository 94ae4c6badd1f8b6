package cordwood.cli;

import cordwood.lsm.LsmProvider;
import cordwood.store.Durability;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.store.StreamStore;
import cordwood.store.WriteBatch;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * The process of {@link FullDiskTrimTest}: fills a store and the rest of its disk, runs a command,
 * and puts again. Arguments: the directory of the store, the command.
 */
final class FullDiskTrimProcess {

    private static final Space SPACE = new Space(3, "test");
    private static final int REFUSALS_IN_A_ROW = 20;
    private static final int REFUSALS_MAX = 5_000;
    private static final long PAUSE_NANOS = 1_000_000;
    private static final int VALUE_BYTES = 3_000;
    private static final int BLOCK_BYTES = 4_096;

    private FullDiskTrimProcess() {}

    static void main(String... arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        long next;
        try (StreamStore store = open(directory)) {
            next = fill(store);
        }
        fillTheRest(directory.resolveSibling("filler"));
        ProcessBuilder command =
                new ProcessBuilder(Arrays.asList(arguments).subList(1, arguments.length));
        int exit = command.inheritIO().start().waitFor();
        System.out.println("exit " + exit);
        try (StreamStore store = open(directory)) {
            for (int refusals = 0; !isPut(store, next); refusals++) {
                if (refusals == REFUSALS_MAX) {
                    throw new AssertionError("puts are still refused");
                }
            }
        }
        System.out.println("puts go on");
    }

    private static StreamStore open(Path directory) {
        Map<String, String> small = Map.of("memtable-size", "256KiB", "wal-segment-size", "256KiB");
        StoreOptions options =
                new StoreOptions(directory, StoreOptions.MEMORY_BUDGET_BYTES_MIN, small);
        return new LsmProvider().open(options);
    }

    /** Until it is refused for good: what is flushed may make room once more. */
    private static long fill(StreamStore store) {
        long next = 0;
        int refusals = 0;
        while (refusals < REFUSALS_IN_A_ROW) {
            if (isPut(store, next)) {
                next++;
                refusals = 0;
            } else {
                refusals++;
            }
        }
        return next;
    }

    private static boolean isPut(StreamStore store, long position) {
        byte[] value = new byte[VALUE_BYTES];
        new SplittableRandom(position).nextBytes(value);
        try (WriteBatch batch = store.newBatch()) {
            batch.put(SPACE, 1, position, MemorySegment.ofArray(value));
            store.append(batch, Durability.DURABLE).await();
            return true;
        } catch (StoreException.Full _) {
            LockSupport.parkNanos(PAUSE_NANOS);
            return false;
        }
    }

    private static void fillTheRest(Path filler) {
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(new byte[BLOCK_BYTES]);
            }
        } catch (IOException _) {
            // nothing is left
        }
    }
}
