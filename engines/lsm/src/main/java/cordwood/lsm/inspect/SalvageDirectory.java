package cordwood.lsm.inspect;

import cordwood.files.Disk;
import cordwood.files.FileFailure;
import cordwood.lsm.LsmEnvironment;
import cordwood.lsm.LsmStore;
import cordwood.lsm.format.Leftovers;
import cordwood.lsm.format.StorageFailures;
import cordwood.store.LocalStore;
import cordwood.store.StoreException;
import cordwood.store.StoreOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/**
 * Where a salvage makes the new store: beside the target, which it becomes once it is closed. So
 * what was killed half-way is never taken for all that could be saved. Used once.
 */
final class SalvageDirectory {

    private static final String SUFFIX = ".partial";

    private final Disk disk;
    private final Path target;
    private final Path partial;
    private final List<Path> parents = new ArrayList<>(); // that were not there, innermost first
    private Path made;
    private final long memoryBudgetBytes;

    SalvageDirectory(Disk disk, Path target, long memoryBudgetBytes) {
        this.disk = disk;
        this.target = target;
        this.partial = target.resolveSibling(target.getFileName() + SUFFIX);
        this.made = partial;
        this.memoryBudgetBytes = memoryBudgetBytes;
    }

    /** Makes the store and has it filled; nothing is left of it where that throws or is stopped. */
    SalvageReport fill(Function<LocalStore, SalvageReport> filling) {
        for (Path at = partial.getParent(); at != null && !disk.exists(at); at = at.getParent()) {
            parents.add(at);
        }
        if (disk.exists(partial)) {
            throw new StoreException.Invalid(
                    "%s exists already: delete it if it is what a salvage left that was killed"
                            .formatted(partial));
        }
        try {
            SalvageReport report = filled(filling);
            disk.rename(partial, target);
            made = target;
            disk.syncDirectory(Objects.requireNonNull(target.getParent()));
            return report;
        } catch (CancellationException e) {
            delete(e);
            return new SalvageReport(List.of(), false);
        } catch (FileFailure e) {
            delete(e);
            throw StorageFailures.ofTarget(target, e);
        } catch (StoreException.Full e) {
            delete(e);
            throw StorageFailures.ofFullTarget(target, e);
        } catch (RuntimeException | Error e) {
            delete(e);
            throw e;
        }
    }

    private SalvageReport filled(Function<LocalStore, SalvageReport> filling) {
        StoreOptions options = new StoreOptions(partial, memoryBudgetBytes, Map.of());
        try (LsmStore store = LsmStore.open(options, LsmEnvironment.on(disk))) {
            return filling.apply(store);
        }
    }

    private void delete(Throwable because) {
        List<Path> files = new ArrayList<>();
        if (disk.exists(made)) {
            files.addAll(disk.list(made));
            files.add(made);
        }
        files.addAll(parents);
        Leftovers.delete(disk, files, because);
    }
}
