package cordwood.lsm.inspect;

import cordwood.files.DirectoryLock;
import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.files.FileFailure.Kind;
import cordwood.lsm.checkpoint.StoreCopy;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.manifest.ManifestContent;
import cordwood.lsm.manifest.ManifestReader;
import cordwood.memory.MemoryRefused;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks at the files of a store that nobody has open, without opening the store and without
 * changing anything in it; makes another of it where that is asked for. While it does, others that
 * look are welcome and others that open the store are refused. Thread-safe.
 *
 * <p>What is told of is told on another thread than the caller's, while the caller waits.
 */
public final class LsmInspection {

    private final Disk disk;
    private final long memoryBudgetBytes;
    private final BooleanSupplier stopping;

    /**
     * An inspection on the operating system's disk.
     *
     * @param memoryBudgetBytes most off-heap memory; a block or batch that does not fit is refused
     * @param stopping asked between two blocks or batches; ends what is being done
     */
    public LsmInspection(long memoryBudgetBytes, BooleanSupplier stopping) {
        this(Disk.real(), memoryBudgetBytes, stopping);
    }

    /** As above, on a disk of the caller's. */
    public LsmInspection(Disk disk, long memoryBudgetBytes, BooleanSupplier stopping) {
        if (memoryBudgetBytes < StoreOptions.MEMORY_BUDGET_BYTES_MIN) {
            throw new StoreException.Invalid(
                    "a memory budget of %,d bytes is under the least, %,d"
                            .formatted(memoryBudgetBytes, StoreOptions.MEMORY_BUDGET_BYTES_MIN));
        }
        this.disk = disk;
        this.memoryBudgetBytes = memoryBudgetBytes;
        this.stopping = stopping;
    }

    /**
     * Reads every byte of a store that counts, and compares it with what the rest of the store says
     * about it.
     *
     * @param told hears of each file as soon as it was read
     * @throws StoreException.Invalid when the directory is not a store's, or a later version wrote
     *     some of it
     * @throws StoreException.Busy when the store is open
     * @throws StoreException.Corrupt when it has no manifest
     */
    public StoreReport verify(Path directory, Consumer<FileReport> told) {
        return inspect(
                directory,
                memory -> {
                    requireStore(directory);
                    return new StoreVerifier(disk, directory, memory, stopping, told).verify();
                });
    }

    /**
     * Verifies a closed store, such as a snapshot, and copies it where it is sound. The new store
     * shares nothing with it; its identity, and where in the sequence it is, are the same.
     *
     * @param target a directory that must not exist; where this throws or does not restore, nothing
     *     is left there, or nothing that opens as a store
     * @param told hears of each file as soon as it was read
     * @param progress told of bytes copied
     * @throws StoreException.Invalid as {@link #verify}, or when the target exists, lies in the
     *     snapshot, or cannot be made
     * @throws StoreException.Full when the disk has no room for the copy
     * @throws StoreException as {@link #verify}
     */
    public RestoreReport restore(
            Path snapshot, Path target, Consumer<FileReport> told, Progress progress) {
        Path from = snapshot.toAbsolutePath().normalize();
        Path to = target.toAbsolutePath().normalize();
        return inspect(
                from,
                memory -> {
                    requireStore(from);
                    StoreCopy.requireTarget(disk, to, from);
                    StoreReport found =
                            new StoreVerifier(disk, from, memory, stopping, told).verify();
                    return found.isSound()
                            ? copied(from, to, memory, found, progress)
                            : new RestoreReport(found, false, 0);
                });
    }

    private RestoreReport copied(
            Path from, Path to, InspectionMemory memory, StoreReport found, Progress progress) {
        ManifestContent manifest =
                ManifestReader.read(
                        disk,
                        from.resolve(FileNames.MANIFEST),
                        memory.chunks(),
                        memory.buffers(),
                        new ManifestReader.Visitor() {});
        StoreCopy copy =
                new StoreCopy(
                        new StoreCopy.Source(
                                disk,
                                from,
                                manifest.header().store(),
                                memory.chunks(),
                                memory.buffers()),
                        StoreCopy.Tables.COPIED,
                        stopping,
                        progress::done);
        try {
            copy.make(to, "a restore of " + from, manifest::state);
            return new RestoreReport(found, true, copy.allBytes());
        } catch (CancellationException _) {
            return new RestoreReport(found, false, 0);
        } catch (FileFailure e) {
            throw StorageFailures.ofTarget(to, e);
        }
    }

    /**
     * Puts whatever is sound of a damaged store into a new one, and changes nothing in the damaged
     * one. Records, attributes and trims are written again, in the order in which they were; what
     * was lost may show in an earlier value of a position, and a lost trim in records it covered.
     *
     * <p>The new store is made beside the target, as {@code TARGET.partial}, and takes as much
     * memory again as reading does.
     *
     * @param target a directory that must not exist; where this throws or is stopped, nothing is
     *     left there
     * @param told hears of each table, and the log, as soon as it was saved
     * @throws StoreException.Invalid when there is no store, the target or what it is made as
     *     exists, or the memory is too little for what was stored
     * @throws StoreException.Busy when the store is open
     * @throws StoreException.Full when the disk has no room for the new store
     */
    public SalvageReport salvage(Path damaged, Path target, Consumer<SalvagedPart> told) {
        Path from = damaged.toAbsolutePath().normalize();
        Path to = target.toAbsolutePath().normalize();
        return inspect(
                from,
                memory -> {
                    if (disk.list(from).stream().noneMatch(FileNames::isOurs)) {
                        throw noStore(from);
                    }
                    StoreCopy.requireTarget(disk, to, from);
                    return new SalvageDirectory(disk, to, memoryBudgetBytes)
                            .fill(store -> {
                                try (SalvageTarget saved = new SalvageTarget(store)) {
                                    return new StoreSalvage(
                                                    disk, from, memory, stopping, saved, told)
                                            .run();
                                }
                            });
                });
    }

    /**
     * Shows what is in one file, or in every file of a store, a line at a time.
     *
     * @param target a store's directory, or a file of one, wherever it lies
     * @return what turned out damaged: of each file the first damage, where its lines end
     * @throws StoreException.Invalid when it is neither, or a later version wrote it
     * @throws StoreException.Busy when the store is open
     */
    public List<StoreException.Corrupt> dump(
            Path target, DumpOptions options, Consumer<String> lines) {
        if (!disk.exists(target)) {
            throw new StoreException.Invalid(target + " does not exist");
        }
        Path absolute = target.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        boolean isFile = !isDirectory(absolute);
        return inspect(
                isFile && parent != null ? parent : absolute,
                memory -> {
                    if (!isFile) {
                        requireStore(target);
                    }
                    StoreDump dump = new StoreDump(disk, memory, options, stopping, lines);
                    return isFile ? dump.file(target) : dump.directory(target);
                });
    }

    private interface Work<T> {
        T run(InspectionMemory memory);
    }

    /** Does the work with the directory locked, where no interrupt of a user can close a file. */
    private <T> T inspect(Path directory, Work<T> work) {
        return alone(() -> {
            if (!disk.exists(directory)) {
                throw new StoreException.Invalid(directory + " does not exist");
            }
            try (DirectoryLock _ = disk.lockForReading(directory, "lsm inspection");
                    InspectionMemory memory = new InspectionMemory(memoryBudgetBytes)) {
                return work.run(memory);
            } catch (FileFailure e) {
                throw StorageFailures.ofOpen(directory, e);
            } catch (MemoryRefused e) {
                throw new StoreException.Busy("no memory to inspect: " + e.getMessage());
            }
        });
    }

    private static <T> T alone(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(
                            work,
                            task -> Thread.ofPlatform().daemon().name("lsm-inspection").start(task))
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private boolean isDirectory(Path path) {
        try {
            disk.list(path);
            return true;
        } catch (FileFailure e) {
            if (e.kind() == Kind.DENIED) {
                return false;
            }
            throw StorageFailures.ofOpen(path, e);
        }
    }

    private void requireStore(Path directory) {
        if (disk.exists(directory.resolve(FileNames.MANIFEST))) {
            return;
        }
        if (disk.list(directory).stream().anyMatch(FileNames::isNumbered)) {
            throw new StoreException.Corrupt(
                    directory + " holds files of a store, but no manifest",
                    directory.resolve(FileNames.MANIFEST),
                    -1,
                    null);
        }
        throw noStore(directory);
    }

    private static StoreException noStore(Path directory) {
        return new StoreException.Invalid(
                directory
                        + " is not the directory of an lsm store: it has no "
                        + FileNames.MANIFEST);
    }
}
