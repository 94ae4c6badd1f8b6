package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The manifest of a database and the logs that it needs, as they were found on the disk, all of
 * them sound but for a torn tail of the newest.
 *
 * @param firstLog the number of the first log that is needed
 * @param logs in the order of their numbers
 */
record DatabaseFiles(FramedFile.Content manifest, long firstLog, List<FramedFile.Content> logs) {

    static final String CURRENT = "CURRENT";

    private static final Pattern MANIFEST = Pattern.compile("MANIFEST-\\d{6,18}");
    private static final Pattern LOG = Pattern.compile("\\d{6,18}\\.log");
    private static final int CURRENT_BYTES_MAX = 64;

    /**
     * Reads them all.
     *
     * @throws StoreException.Corrupt when there is damage, or the manifest is missing
     */
    static DatabaseFiles read(Disk disk, Path database, Path walDirectory) {
        Path path = manifest(disk, database);
        ManifestLog numbers = new ManifestLog(path);
        FramedFile.Content manifest = FramedFile.read(disk, path, numbers::accept);
        long firstLog = numbers.firstNeeded();
        List<FramedFile.Content> logs = new ArrayList<>();
        for (Path log : logs(disk, walDirectory, firstLog)) {
            logs.add(FramedFile.read(disk, log, null));
        }
        requireTornLast(logs);
        return new DatabaseFiles(manifest, firstLog, List.copyOf(logs));
    }

    private static Path manifest(Disk disk, Path database) {
        Path current = database.resolve(CURRENT);
        if (!disk.exists(current)) {
            throw new StoreException.Corrupt(current + " is missing", current, -1, null);
        }
        String text = text(disk, current);
        if (!text.endsWith("\n") || !MANIFEST.matcher(text.strip()).matches()) {
            throw new StoreException.Corrupt(
                    "%s: a manifest's name was expected, and '%s' found"
                            .formatted(current, text.strip()),
                    current,
                    0,
                    null);
        }
        Path manifest = database.resolve(text.strip());
        if (!disk.exists(manifest)) {
            throw new StoreException.Corrupt(
                    manifest + ", which " + CURRENT + " names, is missing", manifest, -1, null);
        }
        return manifest;
    }

    private static String text(Disk disk, Path path) {
        try (DiskFile file = disk.openReadOnly(path)) {
            ByteBuffer bytes = ByteBuffer.allocate(CURRENT_BYTES_MAX);
            file.read(0, bytes);
            return StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
        }
    }

    /** The logs of a directory from a number on. */
    static List<Path> logs(Disk disk, Path walDirectory, long firstLog) {
        if (!disk.exists(walDirectory)) {
            return List.of();
        }
        return disk.list(walDirectory).stream()
                .filter(path -> LOG.matcher(String.valueOf(path.getFileName())).matches())
                .filter(path -> number(path) >= firstLog)
                .sorted(Comparator.comparingLong(DatabaseFiles::number))
                .toList();
    }

    /** The number in the name of a log or manifest. */
    static long number(Path file) {
        return number(String.valueOf(file.getFileName()));
    }

    static long number(String name) {
        return Long.parseLong(name.replaceAll("\\D", ""));
    }

    /** Nothing was written behind a tail that was torn: an opening begins a log and may die. */
    private static void requireTornLast(List<FramedFile.Content> logs) {
        for (int i = 0; i < logs.size(); i++) {
            FramedFile.Content log = logs.get(i);
            if (!log.isTorn()) {
                continue;
            }
            for (FramedFile.Content later : logs.subList(i + 1, logs.size())) {
                if (later.recordCount() > 0 || later.isTorn()) {
                    throw new StoreException.Corrupt(
                            "%s at %,d: the rest of a record was expected, and the file's end found"
                                    .formatted(log.file(), log.tornAt()),
                            log.file(),
                            log.tornAt(),
                            null);
                }
            }
        }
    }
}
