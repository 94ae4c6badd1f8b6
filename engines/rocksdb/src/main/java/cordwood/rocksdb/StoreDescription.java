package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * What the file {@code STORE} says: whose the directory is, whether the store in it is complete,
 * and where its log is. It tells a store from anything else without opening the database, which
 * would change it.
 *
 * @param identity a random number that tells stores apart; empty in format 1
 * @param wal {@link #BESIDE} or the absolute directory of the log
 */
record StoreDescription(int format, boolean ready, String identity, String wal) {

    static final String FILE = "STORE";
    static final String BESIDE = "beside the tables";
    static final int FORMAT = 2;

    private static final String TITLE = "cordwood rocksdb store, format ";
    private static final String CREATING = "creating";
    private static final String READY = "ready";
    private static final String WAL = "wal-dir ";
    private static final String IDENTITY = "identity ";
    private static final int IDENTITY_BYTES = 16;

    /** The description of a store that is about to be made. */
    static StoreDescription ofNew(String wal) {
        return new StoreDescription(FORMAT, false, newIdentity(), wal);
    }

    static String newIdentity() {
        byte[] identity = new byte[IDENTITY_BYTES];
        new SecureRandom().nextBytes(identity);
        return HexFormat.of().formatHex(identity);
    }

    StoreDescription whenReady() {
        return new StoreDescription(FORMAT, true, identity, wal);
    }

    /** The same in the present format. */
    StoreDescription withIdentity(String given) {
        return new StoreDescription(FORMAT, ready, given, wal);
    }

    /** Whether the log has a directory of its own. */
    boolean hasLogDirectory() {
        return !wal.equals(BESIDE);
    }

    List<String> lines() {
        return List.of(TITLE + FORMAT, ready ? READY : CREATING, WAL + wal, IDENTITY + identity);
    }

    void write(Disk disk, Path directory) {
        SealedText.write(disk, directory.resolve(FILE), lines());
    }

    /**
     * Reads the description in a directory.
     *
     * @throws StoreException.Corrupt when it is not what was written
     * @throws StoreException.Invalid when another version wrote it
     */
    static StoreDescription read(Disk disk, Path directory) {
        Path file = directory.resolve(FILE);
        List<String> plain = SealedText.unsealed(disk, file);
        if (!plain.isEmpty() && plain.getFirst().equals(TITLE + 1)) {
            requireLines(file, plain, 3);
            return new StoreDescription(1, state(file, plain.get(1)), "", wal(file, plain.get(2)));
        }
        List<String> lines = SealedText.read(disk, file);
        String title = lines.getFirst();
        if (!title.equals(TITLE + FORMAT)) {
            throw new StoreException.Invalid(
                    "%s says '%s' where '%s' was expected: another version wrote it"
                            .formatted(file, title, TITLE + FORMAT));
        }
        requireLines(file, lines, 4);
        return new StoreDescription(
                FORMAT,
                state(file, lines.get(1)),
                after(IDENTITY, file, lines.get(3)),
                wal(file, lines.get(2)));
    }

    private static void requireLines(Path file, List<String> lines, int count) {
        if (lines.size() != count) {
            throw corrupt(file, count + " lines", lines.size() + " lines");
        }
    }

    private static boolean state(Path file, String line) {
        if (!line.equals(READY) && !line.equals(CREATING)) {
            throw corrupt(file, "'creating' or 'ready'", line);
        }
        return line.equals(READY);
    }

    private static String wal(Path file, String line) {
        return after(WAL, file, line);
    }

    private static String after(String start, Path file, String line) {
        if (!line.startsWith(start)) {
            throw corrupt(file, start.strip(), line);
        }
        return line.substring(start.length());
    }

    private static StoreException.Corrupt corrupt(Path file, String expected, String found) {
        return new StoreException.Corrupt(
                "%s: %s was expected, and '%s' found".formatted(file, expected, found),
                file,
                -1,
                null);
    }
}
