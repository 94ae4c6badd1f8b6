package cordwood.files;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Runs on a file system of 1 MiB and prints what happened, a line per step. */
final class FullDiskProbe {

    private FullDiskProbe() {}

    /** The mount point is the only argument. */
    @SuppressWarnings("SystemOut") // the parent reads it
    public static void main(String[] arguments) {
        Disk disk = Disk.real();
        Path directory = Path.of(arguments[0]);
        disk.lock(directory, "earlier").close();
        try (DiskFile file = disk.create(Path.of(arguments[0], "file"))) {
            file.write(0, ByteBuffer.allocate(100));
            System.out.println("preallocate: " + CallOutcome.of(() -> file.preallocate(4 << 20)));
            System.out.println("size: " + file.sizeBytes());
            System.out.println(
                    "write: " + CallOutcome.of(() -> file.write(0, ByteBuffer.allocate(4 << 20))));
            System.out.println("lock: " + CallOutcome.of(() -> disk.lock(directory, "x").close()));
            try (DiskFile lock = disk.open(directory.resolve("LOCK"))) {
                lock.truncate(0); // and its room is gone at once
                CallOutcome.of(() -> file.write(file.sizeBytes(), ByteBuffer.allocate(1 << 20)));
            }
            System.out.println(
                    "lock without a text: "
                            + CallOutcome.of(() -> disk.lock(directory, "x").close()));
            file.truncate(100);
            System.out.println(
                    "service resumes: " + CallOutcome.of(() -> file.preallocate(64 << 10)));
            System.out.println("size: " + file.sizeBytes());
        }
    }
}
