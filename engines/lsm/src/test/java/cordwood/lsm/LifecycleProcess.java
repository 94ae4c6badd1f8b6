package cordwood.lsm;

import cordwood.store.Cursor;
import cordwood.store.Durability;
import cordwood.store.Order;
import cordwood.store.Space;
import cordwood.store.StoreOptions;
import cordwood.store.StreamCursor;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The process of {@link LifecycleTest}: opens and closes a store over and over, and counts. */
final class LifecycleProcess {

    private static final Space SPACE = new Space(3, "test");
    private static final long PATIENCE_NANOS = 120_000_000_000L;
    private static final Pattern FOREIGN_BYTES = Pattern.compile("Other \\(reserved=(\\d+)");

    /**
     * What a process has.
     *
     * @param files descriptors of files in the store's directory
     * @param threads live platform threads of the program
     * @param foreignBytes off-heap bytes that are not the JVM's own, by its native memory tracking
     */
    record Holdings(long files, long threads, long foreignBytes) {

        static Holdings parse(String text) {
            String[] fields = text.split(" ");
            return new Holdings(
                    Long.parseLong(fields[0]),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[2]));
        }

        @Override
        public String toString() {
            return files + " " + threads + " " + foreignBytes;
        }
    }

    private LifecycleProcess() {}

    static void main(String... arguments) throws IOException, InterruptedException {
        Path directory = Path.of(arguments[0]);
        int warmupCycles = Integer.parseInt(arguments[1]);
        int cycles = Integer.parseInt(arguments[2]);
        for (int i = 0; i < warmupCycles; i++) {
            live(directory, i);
        }
        Holdings before = holdings(directory);
        System.out.println(before);
        try (LsmStore _ = open(directory)) {
            System.out.println(holdings(directory));
        }
        for (int i = 0; i < cycles; i++) {
            live(directory, warmupCycles + i);
        }
        awaitThreads(before.threads());
        System.out.println(holdings(directory));
    }

    private static LsmStore open(Path directory) {
        StoreOptions options =
                Fixtures.options(
                        directory,
                        StoreOptions.MEMORY_BUDGET_BYTES_MIN,
                        "memtable-size",
                        "64KiB",
                        "wal-segment-size",
                        "64KiB");
        return LsmStore.open(options, LsmEnvironment.system());
    }

    /** Cursors and a batch are left behind, as by a careless caller. */
    private static void live(Path directory, int cycle) {
        try (LsmStore store = open(directory)) {
            for (int i = 0; i < 5; i++) {
                try (WriteBatch batch = store.newBatch()) {
                    batch.put(SPACE, i, cycle, Bytes.random(cycle, 5_000));
                    if (cycle > 20) {
                        batch.trim(SPACE, i, cycle - 20);
                    }
                    store.append(batch, Durability.WRITTEN).await();
                }
            }
            if (cycle % 7 == 0) {
                store.flush();
            }
            Cursor cursor = store.read(SPACE, 1, Long.MIN_VALUE, Long.MAX_VALUE, Order.FORWARD);
            cursor.next();
            StreamCursor streams = store.streams(SPACE);
            streams.next();
            store.newBatch().put(SPACE, 1, -1, Bytes.of("never appended"));
        }
    }

    private static Holdings holdings(Path directory) throws IOException {
        return new Holdings(filesIn(directory), threads(), foreignBytes());
    }

    /** A thread that was told to end is there for an instant longer. */
    private static void awaitThreads(long most) throws InterruptedException {
        long startNanos = System.nanoTime();
        while (threads() > most && System.nanoTime() - startNanos < PATIENCE_NANOS) {
            Thread.sleep(10);
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(LifecycleProcess::isOurs)
                .count();
    }

    private static boolean isOurs(Thread thread) {
        ThreadGroup group = thread.getThreadGroup();
        return group != null && group.getName().equals("main");
    }

    private static long filesIn(Path directory) throws IOException {
        long files = 0;
        List<Path> descriptors;
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            descriptors = all.toList();
        }
        for (Path descriptor : descriptors) {
            try {
                files += Files.readSymbolicLink(descriptor).startsWith(directory) ? 1 : 0;
            } catch (NoSuchFileException e) {
                // the one by which they were listed
            }
        }
        return files;
    }

    private static long foreignBytes() throws IOException {
        String pid = String.valueOf(ProcessHandle.current().pid());
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process asking =
                new ProcessBuilder(jcmd.toString(), pid, "VM.native_memory", "summary", "scale=b")
                        .redirectErrorStream(true)
                        .start();
        asking.getOutputStream().close();
        String text;
        try (InputStream report = asking.getInputStream()) {
            text = new String(report.readAllBytes(), StandardCharsets.UTF_8);
        }
        asking.onExit().join();
        asking.getErrorStream().close();
        Matcher matcher = FOREIGN_BYTES.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException(text);
        }
        return Long.parseLong(matcher.group(1));
    }
}
