package cordwood.memory.pool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the system says this process occupies. */
final class ResidentSet {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PREFIX = "VmRSS:";

    private ResidentSet() {}

    /** Physical memory of this process in bytes, or −1 where the system does not tell. */
    static long bytes() {
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(PREFIX))
                    .mapToLong(ResidentSet::kibibytes)
                    .map(kib -> kib << 10)
                    .findFirst()
                    .orElse(-1);
        } catch (IOException | UncheckedIOException notLinux) {
            return -1;
        }
    }

    private static long kibibytes(String line) {
        String[] words = line.substring(PREFIX.length()).trim().split(" ", 2);
        return Long.parseLong(words[0]);
    }
}
