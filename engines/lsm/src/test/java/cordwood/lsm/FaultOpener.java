package cordwood.lsm;

import cordwood.files.Disk;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.manifest.ManifestState;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.store.PrivateThread;
import cordwood.store.StepExecutor;
import cordwood.store.StoreOptions;
import cordwood.store.StreamStore;
import cordwood.testkit.crash.Lockstep;
import cordwood.testkit.crash.StoreOpener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Opens the engine for fault trials: everything small, sizes chosen by the seed. */
final class FaultOpener implements StoreOpener {

    private static final List<String> SIZES = List.of("64KiB", "128KiB", "256KiB", "1MiB");

    /** Whether to run the full counts. */
    static final boolean LONG = Boolean.getBoolean("cordwood.long");

    private final boolean onThreads;
    private final Function<MemoryOptions, Memory> memory;

    /** One whose stores run on the steps given, alone. */
    FaultOpener() {
        this(false, Fixtures::smallChunks);
    }

    /** The same, whose memory is opened that way. */
    FaultOpener(Function<MemoryOptions, Memory> memory) {
        this(false, memory);
    }

    private FaultOpener(boolean onThreads, Function<MemoryOptions, Memory> memory) {
        this.onThreads = onThreads;
        this.memory = memory;
    }

    /** One whose stores run on the system's threads, whatever steps are given. */
    static FaultOpener onThreads() {
        return new FaultOpener(true, Fixtures::smallChunks);
    }

    @Override
    public StreamStore open(Disk disk, Path directory, StepExecutor steps, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StoreOptions options =
                Fixtures.options(
                        directory,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        SIZES.get(random.nextInt(SIZES.size())),
                        "wal-segment-size",
                        SIZES.get(random.nextInt(SIZES.size())),
                        "block-size",
                        random.nextBoolean() ? "1KiB" : "32KiB",
                        "disk-budget",
                        random.nextBoolean() ? "24MiB" : "1TiB");
        return LsmStore.open(options, environment(disk, steps));
    }

    /** What its stores stand on, which run on those steps. */
    LsmEnvironment environment(Disk disk, StepExecutor steps) {
        if (onThreads) {
            return LsmEnvironment.on(disk).with(memory);
        }
        LsmEnvironment.Waiter waiter =
                steps instanceof Lockstep lockstep
                        ? done -> lockstep.runUntil("what a call waits for", done::isDone)
                        : PrivateThread::awaitEnd;
        return LsmEnvironment.stepped(disk, steps, waiter).with(memory);
    }

    @Override
    public boolean waitsInLockstep() {
        return !onThreads;
    }

    @Override
    public List<Path> strayFiles(Disk disk, Path directory) {
        Set<Path> known = new HashSet<>();
        known.add(directory.resolve("LOCK"));
        known.add(directory.resolve(FileNames.RESERVE));
        known.add(directory.resolve(FileNames.MANIFEST));
        known.add(directory.resolve(FileNames.MANIFEST_SPARE));
        known.addAll(Fixtures.onRecord(disk, directory, state -> files(directory, state)));
        return disk.list(directory).stream().filter(path -> !known.contains(path)).toList();
    }

    private static List<Path> files(Path directory, ManifestState state) {
        List<Path> files = new ArrayList<>();
        state.tables().forEach(t -> files.add(directory.resolve(FileNames.table(t.number()))));
        state.segments().forEach(s -> files.add(directory.resolve(FileNames.segment(s.number()))));
        return files;
    }
}
