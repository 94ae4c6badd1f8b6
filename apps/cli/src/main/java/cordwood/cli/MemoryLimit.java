package cordwood.cli;

import com.sun.management.OperatingSystemMXBean;
import cordwood.store.ByteSize;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The most memory this process may use, and whether heap and budget fit in it. What exceeds a
 * container's limit is killed without a word, so it is worth a warning before.
 *
 * @param bytes the container's limit, else the machine's memory
 * @param container whether a container or control group sets it
 */
record MemoryLimit(long bytes, boolean container) {

    private static final Path MACHINE_MEMORY = Path.of("/proc/meminfo");

    /** What holds for this process; the JVM reads the limits of its control groups. */
    static MemoryLimit ofThisProcess() {
        long bytes =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                        .getTotalMemorySize();
        return new MemoryLimit(bytes, bytes < machineBytes(bytes));
    }

    boolean fits(long heapBytesMax, long budgetBytes) {
        return budgetBytes <= bytes - heapBytesMax;
    }

    /** One line: the sum, and the limit it is held against. */
    String compared(long heapBytesMax, long budgetBytes) {
        String limit = (container ? "the container's " : "the machine's ") + ByteSize.text(bytes);
        String sum =
                "heap %s + budget %s"
                        .formatted(ByteSize.text(heapBytesMax), ByteSize.text(budgetBytes));
        return fits(heapBytesMax, budgetBytes)
                ? "%s fit in %s".formatted(sum, limit)
                : "%s exceed %s: lower --memory-budget, or the heap with CORDWOOD_JAVA_OPTS=-Xmx…"
                        .formatted(sum, limit);
    }

    private static long machineBytes(long otherwise) {
        if (!Files.isReadable(MACHINE_MEMORY)) {
            return otherwise;
        }
        try {
            return Files.readAllLines(MACHINE_MEMORY).stream()
                    .filter(line -> line.startsWith("MemTotal:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(otherwise);
        } catch (IOException e) {
            return otherwise;
        }
    }
}
