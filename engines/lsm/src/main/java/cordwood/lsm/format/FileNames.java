package cordwood.lsm.format;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the files of a store are called. */
public final class FileNames {

    /** The manifest. */
    public static final String MANIFEST = "MANIFEST";

    /** What keeps room for the next manifest; has no content. */
    public static final String MANIFEST_SPARE = "MANIFEST.spare";

    /** What keeps room on the disk; has no content. */
    public static final String RESERVE = "RESERVE";

    /** What a directory is claimed by. */
    public static final String LOCK = "LOCK";

    private static final String SEGMENT = ".wal";
    private static final String TABLE = ".table";
    private static final String TEMPORARY = ".tmp";

    /** Numbers are given out from 1 on: one with the top bits set is none of ours. */
    private static final Pattern NUMBERED =
            Pattern.compile("([0-3][0-9a-f]{15})(\\.wal|\\.table)(\\.tmp)?");

    private FileNames() {}

    /** Name of a segment of the write-ahead log. */
    public static String segment(long number) {
        return String.format(Locale.ROOT, "%016x", number) + SEGMENT;
    }

    /** Name of a table. */
    public static String table(long number) {
        return String.format(Locale.ROOT, "%016x", number) + TABLE;
    }

    /** Name of a file while it is made. */
    public static String temporary(String name) {
        return name + TEMPORARY;
    }

    /** Whether a file can only be one of ours: a segment, a table, or one of our temporaries. */
    public static boolean isOurs(Path path) {
        String name = name(path);
        return NUMBERED.matcher(name).matches()
                || name.equals(MANIFEST)
                || name.equals(temporary(MANIFEST));
    }

    /** What a finished file is by its name; null when the name is none of ours. */
    public static @Nullable FileKind kind(Path path) {
        String name = name(path);
        if (name.equals(MANIFEST)) {
            return FileKind.MANIFEST;
        }
        Matcher matcher = NUMBERED.matcher(name);
        if (!matcher.matches() || matcher.group(3) != null) {
            return null;
        }
        return matcher.group(2).equals(SEGMENT) ? FileKind.WAL_SEGMENT : FileKind.TABLE;
    }

    /** Whether a file has a number in its name. */
    public static boolean isNumbered(Path path) {
        return NUMBERED.matcher(name(path)).matches();
    }

    /** The number in the name of a segment or table. */
    public static long number(Path path) {
        Matcher matcher = NUMBERED.matcher(name(path));
        if (!matcher.matches()) {
            throw new IllegalArgumentException(path + " has no number");
        }
        return Long.parseUnsignedLong(matcher.group(1), 16);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
