package cordwood.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.Cursor;
import cordwood.store.LocalStore;
import cordwood.store.Order;
import cordwood.store.StoreException;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damages a store in every way that is small, one at a time: a flipped bit, a cut, zeros, a file
 * that is gone. It is refused, or it holds every record that was acknowledged. The end of the log
 * of a store that was not closed may be missing, as it may after the machine lost its power; then
 * what is there is a beginning.
 */
@Tag("trial")
@ExtendWith(SeedExtension.class)
class DamageSweepTest {

    private static final boolean LONG = Boolean.getBoolean("cordwood.long");
    private static final int BITS_PER_FILE = LONG ? 400 : 5;
    private static final int LENGTHS_PER_FILE = LONG ? 60 : 2;
    private static final int RECORDS = 60;
    private static final int VALUE_BYTES = 700;
    private static final int WAIT_MINUTES = 3;
    private static final List<String> NOT_DATA = List.of("LOCK", "LOG", "IDENTITY");

    /** What became of the cases. */
    private static final class Tally {
        private int cases;
        private int refused;
        private int harmless;
        private int tailLost;
    }

    @TempDir private Path root;
    private final Tally tally = new Tally();

    /** Changes the bytes of a file; null deletes it. */
    @FunctionalInterface
    private interface Change {
        byte @Nullable [] of(byte[] sound);
    }

    @Test
    void closedStoreIsRefusedOrWhole(Seed seed) throws Exception {
        Path sample = root.resolve("store");
        write(sample, null);
        sweep(sample, "closed", false, seed.random());
    }

    @Test
    void killedStoreIsRefusedOrWholeButForItsTail(Seed seed) throws Exception {
        Path sample = root.resolve("killed");
        write(root.resolve("store"), sample);
        sweep(sample, "killed", true, seed.random());
    }

    private static void write(Path directory, @Nullable Path killed) throws IOException {
        try (LocalStore store = Fixtures.open(directory)) {
            for (int i = 0; i < RECORDS; i++) {
                Fixtures.put(store, 1, i, 1, VALUE_BYTES);
                if (i % 20 == 10) {
                    store.flush();
                }
            }
            if (killed != null) {
                copy(directory, killed);
            }
        }
    }

    private void sweep(Path sample, String what, boolean tailMayGo, SplittableRandom random)
            throws Exception {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(sample)) {
            walk.filter(Files::isRegularFile)
                    .filter(file -> !NOT_DATA.contains(file.getFileName().toString()))
                    .map(sample::relativize)
                    .sorted()
                    .forEach(files::add);
        }
        for (Path file : files) {
            boolean isTail = tailMayGo && file.toString().endsWith(".log");
            int size = (int) Files.size(sample.resolve(file));
            check(sample, file, "removed", false, _ -> null);
            for (int i = 0; i < BITS_PER_FILE && size > 0; i++) {
                int bit = random.nextInt(8 * size);
                check(sample, file, "bit " + bit, false, sound -> flipped(sound, bit));
            }
            for (int i = 0; i < LENGTHS_PER_FILE && size > 0; i++) {
                int length = i == 0 ? 0 : random.nextInt(size);
                check(sample, file, "cut to " + length, isTail, s -> Arrays.copyOf(s, length));
                check(sample, file, "zeros from " + length, isTail, s -> zeroed(s, length, size));
                int end = random.nextInt(length, size);
                check(
                        sample,
                        file,
                        "zeros from " + length + " to " + end,
                        false,
                        sound -> zeroed(sound, length, end));
            }
        }
        report(what);
    }

    private static byte[] flipped(byte[] sound, int bit) {
        sound[bit / 8] ^= (byte) (1 << (bit % 8));
        return sound;
    }

    private static byte[] zeroed(byte[] sound, int from, int to) {
        Arrays.fill(sound, from, to, (byte) 0);
        return sound;
    }

    private void check(Path sample, Path file, String damage, boolean tailMayGo, Change change)
            throws Exception {
        String name = file + ", " + damage;
        Path copy = root.resolve("case");
        copy(sample, copy);
        byte[] changed = change.of(Files.readAllBytes(copy.resolve(file)));
        if (changed == null) {
            Files.delete(copy.resolve(file));
        } else {
            Files.write(copy.resolve(file), changed);
        }
        tally.cases++;
        int found = recordsIn(copy, name);
        if (found < 0) {
            tally.refused++;
        } else if (found == RECORDS) {
            tally.harmless++;
        } else {
            assertThat(tailMayGo).as("%s: %d of %d records", name, found, RECORDS).isTrue();
            tally.tailLost++;
        }
        deleteAll(copy);
    }

    /** How many records are there, from the first on; -1 where the store is refused. */
    private static int recordsIn(Path directory, String name) throws Exception {
        FutureTask<Integer> task = new FutureTask<>(() -> read(directory, name));
        Thread.ofPlatform().daemon().name("damaged: " + name).start(task);
        try {
            return task.get(WAIT_MINUTES, TimeUnit.MINUTES);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError(name + ": no answer; " + threads(), e);
        }
    }

    private static int read(Path directory, String name) {
        int count = 0;
        try (LocalStore store = Fixtures.open(directory);
                Cursor cursor =
                        store.read(
                                Fixtures.SPACE, 1, Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD)) {
            byte[] expected = Fixtures.pattern(VALUE_BYTES).toArray(ValueLayout.JAVA_BYTE);
            while (cursor.next()) {
                assertThat(cursor.position()).as(name).isEqualTo(count++);
                assertThat(cursor.value().toArray(ValueLayout.JAVA_BYTE))
                        .as(name)
                        .isEqualTo(expected);
            }
            return count;
        } catch (StoreException.Corrupt | StoreException.Invalid _) {
            return -1;
        }
    }

    private static String threads() {
        StringBuilder dump = new StringBuilder();
        Thread.getAllStackTraces()
                .forEach((thread, stack) ->
                        dump.append(thread).append(Arrays.toString(stack)).append('\n'));
        return dump.toString();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @SuppressWarnings("SystemOut") // the counts of a run belong beside its result
    private void report(String what) {
        assertThat(tally.refused).isPositive();
        System.out.printf(
                "damage of a %s rocksdb store: %,d cases, %,d refused, %,d harmless, %,d a tail%n",
                what, tally.cases, tally.refused, tally.harmless, tally.tailLost);
    }
}
