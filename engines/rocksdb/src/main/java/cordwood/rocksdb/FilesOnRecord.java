package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the file {@code LOGS} says: which manifest and which logs there were when the store was
 * opened or closed last. RocksDB itself does not miss a log that has gone, nor the end of its
 * manifest.
 *
 * @param firstLog the number of the first log that was needed
 */
record FilesOnRecord(
        String identity, State state, long firstLog, Entry manifest, List<Entry> logs) {

    /** When it was written. */
    enum State {
        /** After the database was closed: what is on record is what is there, byte for byte. */
        CLOSED("closed"),
        /** Before the database was opened: at least that is there. */
        OPENING("opening"),
        /** After it was opened: the same, and what it no longer needs it has put in tables. */
        OPEN("open");

        private final String word;

        State(String word) {
            this.word = word;
        }
    }

    /** A file, by its name in its directory. */
    record Entry(String name, long sizeBytes, int checksum) {

        static Entry of(FramedFile.Content file) {
            return new Entry(
                    String.valueOf(file.file().getFileName()), file.sizeBytes(), file.checksum());
        }

        private String line(String what) {
            return "%s %s %d %08x".formatted(what, name, sizeBytes, checksum);
        }
    }

    static final String FILE = "LOGS";

    private static final String TITLE = "cordwood rocksdb logs, identity ";
    private static final String FIRST = "first ";
    private static final String MANIFEST = "manifest";
    private static final String LOG = "log";

    static FilesOnRecord of(String identity, State state, DatabaseFiles files) {
        return new FilesOnRecord(
                identity,
                state,
                files.firstLog(),
                Entry.of(files.manifest()),
                files.logs().stream().map(Entry::of).toList());
    }

    void write(Disk disk, Path directory) {
        List<String> lines = new ArrayList<>(List.of(TITLE + identity, state.word));
        lines.add(FIRST + firstLog);
        lines.add(manifest.line(MANIFEST));
        logs.forEach(log -> lines.add(log.line(LOG)));
        SealedText.write(disk, directory.resolve(FILE), lines);
    }

    /**
     * Reads the record of a store.
     *
     * @throws StoreException.Corrupt when it is missing, damaged or another store's
     */
    static FilesOnRecord read(Disk disk, Path directory, String identity) {
        Path file = directory.resolve(FILE);
        if (!disk.exists(file)) {
            throw new StoreException.Corrupt(file + " is missing", file, -1, null);
        }
        List<String> lines = SealedText.read(disk, file);
        if (!lines.getFirst().equals(TITLE + identity)) {
            throw new StoreException.Corrupt(
                    "%s: '%s%s' was expected, and '%s' found: it is another store's"
                            .formatted(file, TITLE, identity, lines.getFirst()),
                    file,
                    0,
                    null);
        }
        try {
            return parse(identity, lines);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new StoreException.Corrupt(
                    file + " is not what this version writes", file, -1, e);
        }
    }

    private static FilesOnRecord parse(String identity, List<String> lines) {
        List<Entry> logs = new ArrayList<>();
        for (String line : lines.subList(4, lines.size())) {
            logs.add(entry(LOG, line));
        }
        return new FilesOnRecord(
                identity,
                state(lines.get(1)),
                Long.parseLong(lines.get(2).substring(FIRST.length())),
                entry(MANIFEST, lines.get(3)),
                List.copyOf(logs));
    }

    private static State state(String word) {
        for (State state : State.values()) {
            if (state.word.equals(word)) {
                return state;
            }
        }
        throw new IllegalArgumentException(word);
    }

    private static Entry entry(String what, String line) {
        String[] parts = line.split(" ", -1);
        if (parts.length != 4 || !parts[0].equals(what)) {
            throw new IllegalArgumentException(line);
        }
        return new Entry(
                parts[1], Long.parseLong(parts[2]), Integer.parseUnsignedInt(parts[3], 16));
    }

    /**
     * Compares what is there with what was.
     *
     * @throws StoreException.Corrupt naming what is missing
     */
    void require(DatabaseFiles found, Path walDirectory) {
        requireManifest(found.manifest());
        Map<String, FramedFile.Content> there = new HashMap<>();
        found.logs().forEach(log -> there.put(String.valueOf(log.file().getFileName()), log));
        for (Entry log : logs) {
            if (DatabaseFiles.number(log.name) >= found.firstLog()) {
                requireLog(log, there.remove(log.name), walDirectory);
            }
        }
        if (state == State.CLOSED && !there.isEmpty()) {
            Path stray = there.values().iterator().next().file();
            throw new StoreException.Corrupt(
                    stray + " was not there when the store was closed", stray, -1, null);
        }
        if (state == State.OPEN && found.firstLog() > firstLog) {
            requireFirst(found, walDirectory);
        }
    }

    private void requireManifest(FramedFile.Content found) {
        Path file = found.file();
        boolean isSame = String.valueOf(file.getFileName()).equals(manifest.name);
        if (isSame) {
            requireContent(manifest, found);
        } else if (state == State.CLOSED
                || DatabaseFiles.number(file) < DatabaseFiles.number(manifest.name)) {
            throw new StoreException.Corrupt(
                    "%s is in use, and %s was: the list of tables is not the last one"
                            .formatted(file, manifest.name),
                    file,
                    -1,
                    null);
        }
    }

    private void requireLog(Entry log, FramedFile.@Nullable Content found, Path walDirectory) {
        if (found == null) {
            throw missing(walDirectory.resolve(log.name), log.sizeBytes + " bytes");
        }
        requireContent(log, found);
    }

    private void requireContent(Entry expected, FramedFile.Content found) {
        boolean isExact = state == State.CLOSED;
        if (found.sizeBytes() < expected.sizeBytes
                || (isExact && found.sizeBytes() > expected.sizeBytes)) {
            throw new StoreException.Corrupt(
                    "%s at %,d: %s%,d bytes were expected, and %,d found"
                            .formatted(
                                    found.file(),
                                    found.sizeBytes(),
                                    isExact ? "" : "at least ",
                                    expected.sizeBytes,
                                    found.sizeBytes()),
                    found.file(),
                    Math.min(found.sizeBytes(), expected.sizeBytes),
                    null);
        }
        if (isExact && found.checksum() != expected.checksum) {
            throw new StoreException.Corrupt(
                    "%s: checksum %08x was expected, and %08x found"
                            .formatted(found.file(), expected.checksum, found.checksum()),
                    found.file(),
                    0,
                    null);
        }
    }

    /** A flush ends with a log that was there before it began, and that is still needed. */
    private static void requireFirst(DatabaseFiles found, Path walDirectory) {
        boolean isThere =
                !found.logs().isEmpty()
                        && DatabaseFiles.number(found.logs().getFirst().file()) == found.firstLog();
        if (!isThere) {
            throw missing(
                    walDirectory.resolve("%06d.log".formatted(found.firstLog())),
                    "it by " + found.manifest().file());
        }
    }

    private static StoreException.Corrupt missing(Path log, String expected) {
        return new StoreException.Corrupt(
                "%s is missing: %s".formatted(log, expected), log, -1, null);
    }
}
