package cordwood.lsm.inspect;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.lsm.format.FileHeader;
import cordwood.lsm.format.FileKind;
import cordwood.lsm.format.FileNames;
import cordwood.lsm.format.StorageFailures;
import cordwood.store.StoreException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Shows files, each by the dump of its kind. Used once. */
final class StoreDump {

    private final Disk disk;
    private final InspectionMemory memory;
    private final DumpOptions options;
    private final BooleanSupplier stopping;
    private final Consumer<String> lines;

    StoreDump(
            Disk disk,
            InspectionMemory memory,
            DumpOptions options,
            BooleanSupplier stopping,
            Consumer<String> lines) {
        this.disk = disk;
        this.memory = memory;
        this.options = options;
        this.stopping = stopping;
        this.lines = lines;
    }

    List<StoreException.Corrupt> directory(Path directory) {
        List<StoreException.Corrupt> damages = new ArrayList<>();
        Path manifest = directory.resolve(FileNames.MANIFEST);
        disk.list(directory).stream()
                .filter(FileNames::isOurs)
                .sorted(Comparator.comparing(path -> !path.equals(manifest)))
                .takeWhile(_ -> !stopping.getAsBoolean())
                .forEach(path -> damages.addAll(file(path)));
        return damages;
    }

    List<StoreException.Corrupt> file(Path path) {
        Listing listing = new Listing(lines, options.linesMax(), stopping);
        try {
            FileKind kind = kind(path);
            if (kind == null) {
                throw new StoreException.Invalid(
                        path
                                + " is no file of an lsm store: it does not start with CORD and a kind");
            }
            lines.accept("%s: %s, %d bytes".formatted(path, kind.words(), sizeBytes(path)));
            switch (kind) {
                case WAL_SEGMENT ->
                        new SegmentDump(path, listing, options).run(disk, memory, stopping);
                case TABLE -> new TableDump(listing, options).run(disk, path, memory);
                case MANIFEST -> ManifestDump.run(disk, path, memory, listing);
            }
            return List.of();
        } catch (StoreException.Corrupt damage) {
            return List.of(damage);
        } catch (FileFailure e) {
            throw e.kind() == FileFailure.Kind.DENIED
                    ? new StoreException.Invalid(
                            e.getMessage() + "; name a file of a store, or its directory")
                    : StorageFailures.ofRead(e);
        }
    }

    /** What a file is by its name, else by its first bytes; null when it is none of ours. */
    private @Nullable FileKind kind(Path path) {
        FileKind named = FileNames.kind(path);
        return named == null ? kindInHeader(path) : named;
    }

    private @Nullable FileKind kindInHeader(Path path) {
        MemorySegment start = MemorySegment.ofArray(new byte[FileHeader.LAYOUT.sizeBytes()]);
        try (DiskFile file = disk.openReadOnly(path)) {
            boolean whole = file.read(0, start.asByteBuffer()) == start.byteSize();
            if (!whole || !FileHeader.hasMagic(start)) {
                return null;
            }
        }
        int code = FileHeader.read(start).kind();
        for (FileKind kind : FileKind.values()) {
            if (kind.code() == code) {
                return kind;
            }
        }
        return null;
    }

    private long sizeBytes(Path path) {
        try (DiskFile file = disk.openReadOnly(path)) {
            return file.sizeBytes();
        }
    }
}
