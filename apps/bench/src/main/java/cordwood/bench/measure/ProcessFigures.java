package cordwood.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operating system says about this process. Read from {@code /proc}; where that is absent
 * a figure is NaN or -1 and reports leave it out.
 */
public final class ProcessFigures {

    private static final Path STAT = Path.of("/proc/self/stat");
    private static final Path STATUS = Path.of("/proc/self/status");

    private static final Path IO = Path.of("/proc/self/io");

    /** The kernel reports times to user space in this unit on every platform Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    /** Fields of {@link #STAT} after the command's closing parenthesis. */
    private static final int USER_FIELD = 11;

    private static final int SYSTEM_FIELD = 12;

    private ProcessFigures() {}

    /**
     * Processor time the process has used since it started.
     *
     * @param userSeconds in user mode, all threads
     * @param systemSeconds in the kernel, all threads
     */
    public record CpuTime(double userSeconds, double systemSeconds) {

        /** User and kernel time together. */
        public double totalSeconds() {
            return userSeconds + systemSeconds;
        }

        /** The time used since an earlier reading. */
        public CpuTime since(CpuTime earlier) {
            return new CpuTime(
                    userSeconds - earlier.userSeconds, systemSeconds - earlier.systemSeconds);
        }
    }

    /**
     * Physical memory of the process.
     *
     * @param residentBytes now, or -1
     * @param peakBytes most since the process started, or -1
     */
    public record Residence(long residentBytes, long peakBytes) {}

    /** The processor time used so far. */
    public static CpuTime cpuTime() {
        try {
            String stat = Files.readString(STAT);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return new CpuTime(
                    Long.parseLong(fields[USER_FIELD]) / TICKS_PER_SECOND,
                    Long.parseLong(fields[SYSTEM_FIELD]) / TICKS_PER_SECOND);
        } catch (IOException | RuntimeException _) {
            return new CpuTime(Double.NaN, Double.NaN);
        }
    }

    /** The physical memory held. */
    public static Residence residence() {
        try {
            List<String> lines = Files.readAllLines(STATUS);
            return new Residence(kibibytes(lines, "VmRSS:"), kibibytes(lines, "VmHWM:"));
        } catch (IOException | RuntimeException _) {
            return new Residence(-1, -1);
        }
    }

    /**
     * Bytes given to write calls since the process started, by the kernel's count ({@code wchar}),
     * or null. Its other count, {@code write_bytes}, is of pages made dirty: whole ones, and none
     * for what is written twice before it reaches the disk.
     */
    public static @Nullable Long writtenBytes() {
        try {
            for (String line : Files.readAllLines(IO)) {
                if (line.startsWith("wchar:")) {
                    return Long.valueOf(line.substring("wchar:".length()).strip());
                }
            }
        } catch (IOException | RuntimeException _) {
            return null; // no /proc here, or not for us
        }
        return null;
    }

    private static long kibibytes(List<String> lines, String name) {
        for (String line : lines) {
            if (line.startsWith(name)) {
                String number = line.substring(name.length()).strip().split(" ")[0];
                return Long.parseLong(number) << 10;
            }
        }
        return -1;
    }
}
