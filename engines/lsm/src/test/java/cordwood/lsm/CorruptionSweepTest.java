package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.files.Disk;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.lsm.inspect.StoreReport;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.disk.CrashingDisk;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Damages a closed store in every way that is small, one at a time. Each is either found by a
 * verification, in the file that was damaged, or does no harm: then the store opens and holds
 * exactly what was written. Never is a wrong byte read, and nothing fails but with a typed error.
 */
@Tag("trial")
@ExtendWith(SeedExtension.class)
final class CorruptionSweepTest {

    private static final Path STORE = Path.of("/disk/store").toAbsolutePath();
    private static final boolean LONG = Boolean.getBoolean("cordwood.long");

    /** By default every so-manieth case of an exhaustive sweep; a prime, so that all bits come. */
    private static final int STRIDE = LONG ? 1 : 37;

    private static final int RANDOM_CASES = LONG ? 10_000 : 300;
    private static final int HEADER_BYTES = 80;
    private static final int PAGE_BYTES = 4096;

    private final Map<String, String> expected = SampleStore.expected();
    private CrashingDisk sample = new CrashingDisk(1);
    private final List<Path> files;
    private long cases;
    private long harmless;

    CorruptionSweepTest() {
        SampleStore.writeCompacted(sample, STORE);
        files = sample.list(STORE).stream().filter(file -> !file.endsWith("LOCK")).toList();
    }

    @Test
    void everyBitOfHeadersAndFooters() {
        for (Path file : files) {
            long bits = 8L * HEADER_BYTES;
            for (long bit = cases % STRIDE; bit < bits; bit += STRIDE) {
                flip(file, bit);
            }
            if (file.toString().endsWith(".table")) {
                long size = Damage.read(sample, file).length;
                for (long bit = 8 * (size - HEADER_BYTES); bit < 8 * size; bit += STRIDE) {
                    flip(file, bit);
                }
            } else {
                sweepFrameHeads(file);
            }
        }
        report("bits of headers and footers");
    }

    /** The first frames and the last; all of them in a long run. */
    private void sweepFrameHeads(Path file) {
        int end = usedBytes(file);
        for (int page = PAGE_BYTES; page < end; page += PAGE_BYTES) {
            boolean chosen = LONG || page <= 2 * PAGE_BYTES || page + PAGE_BYTES >= end;
            for (long bit = 8L * page; chosen && bit < 8L * (page + 48); bit += STRIDE) {
                flip(file, bit);
            }
        }
    }

    @Test
    void randomBits(Seed seed) {
        SplittableRandom random = seed.random();
        for (int i = 0; i < RANDOM_CASES; i++) {
            Path file = files.get(random.nextInt(files.size()));
            flip(file, random.nextLong(8L * Math.max(PAGE_BYTES, usedBytes(file))));
        }
        report("random bits");
    }

    @Test
    void everyLength(Seed seed) {
        SplittableRandom random = seed.random();
        for (Path file : files) {
            int whole = Damage.read(sample, file).length;
            int used = Math.min(whole - 1, usedBytes(file) + PAGE_BYTES);
            int step = 1 + used / (LONG ? 5_000 : 25);
            for (int length = 0; length <= used; length += random.nextInt(1, 2 * step)) {
                int cut = length;
                check(file, "cut to " + cut, disk -> Damage.truncate(disk, file, cut));
            }
            for (int page = PAGE_BYTES; page < used; page += PAGE_BYTES) {
                int cut = page;
                check(file, "cut to " + cut, disk -> Damage.truncate(disk, file, cut));
            }
        }
        report("lengths");
    }

    @Test
    void zeroedTails(Seed seed) {
        SplittableRandom random = seed.random();
        for (int i = 0; i < RANDOM_CASES / 6; i++) {
            Path file = files.get(random.nextInt(files.size()));
            int whole = Damage.read(sample, file).length;
            int from = random.nextInt(Math.max(1, usedBytes(file)));
            check(
                    file,
                    "zeros from " + from,
                    disk -> Damage.overwrite(disk, file, from, new byte[whole - from]));
        }
        report("zeroed tails");
    }

    @Test
    void misdirectedPages(Seed seed) {
        SplittableRandom random = seed.random();
        for (int i = 0; i < RANDOM_CASES / 6; i++) {
            Path file = files.get(random.nextInt(files.size()));
            Path source = random.nextBoolean() ? file : files.get(random.nextInt(files.size()));
            int from = PAGE_BYTES * random.nextInt(1 + usedBytes(source) / PAGE_BYTES);
            int to = PAGE_BYTES * random.nextInt(1 + usedBytes(file) / PAGE_BYTES);
            int room = Damage.read(sample, file).length - to;
            byte[] page =
                    Arrays.copyOfRange(
                            Damage.read(sample, source), from, from + Math.min(room, PAGE_BYTES));
            check(
                    file,
                    "page %d of %s at %d".formatted(from, source.getFileName(), to),
                    disk -> Damage.overwrite(disk, file, to, page));
        }
        report("misdirected pages");
    }

    /** Of such a store the log's end is not on record; all that was written to it was synced. */
    @Test
    void theManifestOfAStoreThatWasNotClosed() {
        CrashingDisk open = new CrashingDisk(1);
        try (LsmStore store = SampleStore.open(open, STORE)) {
            SampleStore.write(store);
            sample = open.crash(1, 100);
        }
        Path manifest = Damage.manifest(STORE);
        int end = usedBytes(manifest);
        int whole = Damage.read(sample, manifest).length;
        for (int from = PAGE_BYTES; from < end; from += LONG ? 16 : 1024) {
            int zerosAt = from;
            check(manifest, "cut to " + from, disk -> Damage.truncate(disk, manifest, zerosAt));
            check(
                    manifest,
                    "zeros from " + from,
                    disk -> Damage.overwrite(disk, manifest, zerosAt, new byte[whole - zerosAt]));
        }
        sweepFrameHeads(manifest);
        report("manifest of a store that was not closed");
    }

    private void flip(Path file, long bit) {
        check(file, "bit " + bit, disk -> Damage.flip(disk, file, bit));
    }

    private void check(Path file, String what, Consumer<Disk> damage) {
        CrashingDisk disk = sample.crash(1, 100);
        damage.accept(disk);
        String name = file.getFileName() + ", " + what;
        cases++;
        StoreException.@Nullable Corrupt found = verified(disk, name);
        if (found != null) {
            assertThat(found.file()).as(name + ": " + found.getMessage()).isEqualTo(file);
        } else {
            harmless++;
        }
        assertNothingWrongIsRead(disk, found == null, name);
    }

    private static StoreException.@Nullable Corrupt verified(Disk disk, String name) {
        try {
            StoreReport report =
                    new LsmInspection(disk, StoreOptions.MEMORY_BUDGET_BYTES_MIN, () -> false)
                            .verify(STORE, _ -> {});
            return report.isSound() ? null : report.findings().getFirst();
        } catch (StoreException.Corrupt damage) {
            return damage;
        } catch (RuntimeException e) {
            throw new AssertionError(name, e);
        }
    }

    private void assertNothingWrongIsRead(Disk disk, boolean sound, String name) {
        try (LsmStore store = SampleStore.open(disk, STORE)) {
            Map<String, String> content = SampleStore.content(store);
            if (!content.equals(expected)) {
                assertThat(content).as(name).isEqualTo(expected);
            }
        } catch (StoreException.Corrupt damage) {
            assertThat(sound).as("%s: verified, but %s", name, damage.getMessage()).isFalse();
        } catch (RuntimeException e) {
            throw new AssertionError(name, e);
        }
    }

    private int usedBytes(Path file) {
        byte[] bytes = Damage.read(sample, file);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    @SuppressWarnings("SystemOut") // the counts of a run belong beside its result
    private void report(String what) {
        assertThat(cases).isPositive();
        System.out.printf("corruption sweep, %s: %,d cases, %,d harmless%n", what, cases, harmless);
    }
}
