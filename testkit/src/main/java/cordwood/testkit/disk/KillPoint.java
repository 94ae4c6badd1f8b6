package cordwood.testkit.disk;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A place in the life of a process at which it may die, by name.
 *
 * @param phase what the process was about
 * @param moment before, halfway through, or after the call
 * @param call the disk's call, with the numbers taken out of the file's name
 */
public record KillPoint(Phase phase, Moment moment, String call) {

    /** What a process is about. */
    public enum Phase {
        CREATING,
        OPENING,
        RUNNING,
        CLOSING
    }

    /** When in a call. */
    public enum Moment {
        BEFORE,
        /** Only writes have one: the first half of the bytes was written. */
        HALFWAY,
        AFTER
    }

    static KillPoint of(Phase phase, Moment moment, DiskCall call) {
        return new KillPoint(phase, moment, name(call));
    }

    /** A call by its operation and the file it is about, the numbers taken out of the name. */
    public static String name(DiskCall call) {
        Path parent = call.path().getParent();
        String folder = parent == null ? "" : withoutNumber(parent.getFileName());
        String operation = call.operation().name().toLowerCase(Locale.ROOT);
        return operation + " " + folder + "/" + withoutNumber(call.path().getFileName());
    }

    private static String withoutNumber(@Nullable Path name) {
        return String.valueOf(name).replaceFirst("[0-9a-f]{16}", "#");
    }

    /** Reads what {@link #toString} wrote. */
    public static KillPoint parse(String text) {
        String[] words = text.split(" ", 3);
        return new KillPoint(
                Phase.valueOf(words[0].toUpperCase(Locale.ROOT)),
                Moment.valueOf(words[1].toUpperCase(Locale.ROOT)),
                words[2]);
    }

    @Override
    public String toString() {
        return (phase + " " + moment + " ").toLowerCase(Locale.ROOT) + call;
    }
}
