package cordwood.files;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** Opens files until the system has no descriptor left, and prints what happened. */
final class DescriptorsProbe {

    private DescriptorsProbe() {}

    /** A directory is the only argument. */
    @SuppressWarnings("SystemOut") // the parent reads it
    public static void main(String[] arguments) {
        Disk disk = Disk.real();
        Path directory = Path.of(arguments[0]);
        Path path = directory.resolve("file");
        Deque<DiskFile> open = new ArrayDeque<>();
        open.push(disk.create(path));
        // classes that a failure needs are loaded while they can be
        System.out.println(
                "missing: " + CallOutcome.of(() -> disk.open(directory.resolve("none"))));
        Runnable another = () -> open.push(disk.openReadOnly(path));
        String ended = "done";
        while (ended.equals("done")) {
            ended = CallOutcome.of(another);
        }
        System.out.println("open: " + ended);
        System.out.println(
                "create: " + CallOutcome.of(() -> disk.create(directory.resolve("other"))));
        System.out.println(
                "sync directory: " + CallOutcome.of(() -> disk.syncDirectory(directory)));
        open.pop().close();
        System.out.println("service resumes: " + CallOutcome.of(another));
        open.forEach(DiskFile::close);
        System.out.println("left behind: " + disk.exists(directory.resolve("other")));
    }
}
