package cordwood.rocksdb;

import cordwood.store.StoreException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Which names RocksDB gets as they are. It is handed them in JNI's own encoding, which is UTF-8 for
 * the basic plane only: with any other character it would work in another directory.
 */
final class JniPaths {

    private static final Charset OF_FILE_NAMES =
            Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private JniPaths() {}

    /**
     * Refuses a name that would go elsewhere.
     *
     * @param what whose name it is, for the message
     */
    static Path require(Path path, String what) {
        String name = path.toString();
        int[] others = name.codePoints().filter(character -> !passes(character)).limit(1).toArray();
        if (others.length > 0) {
            throw refused(what, path, "the character U+%04X".formatted(others[0]));
        }
        if (!isWhatItsNameSays(path)) {
            throw refused(what, path, "bytes that are no text");
        }
        return path;
    }

    private static boolean passes(int character) {
        if (character < 0x80) {
            return character != 0 && !endsLine(character);
        }
        return OF_FILE_NAMES.equals(StandardCharsets.UTF_8)
                && Character.isBmpCodePoint(character)
                && !Character.isSurrogate((char) character)
                && character != 0xFFFD;
    }

    /** It would end a line of the store's description, too. */
    private static boolean endsLine(int character) {
        return character == '\n' || character == '\r';
    }

    private static boolean isWhatItsNameSays(Path path) {
        try {
            return path.equals(path.getFileSystem().getPath(path.toString()));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static StoreException.Invalid refused(String what, Path path, String found) {
        return new StoreException.Invalid(
                "%s cannot be handed to RocksDB because of %s in its name: %s"
                        .formatted(what, found, path));
    }
}
