package cordwood.cli;

import cordwood.cli.ExistingStore.Opened;
import cordwood.store.ByteSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Makes a checkpoint of a store. */
@Command(
        name = "snapshot",
        description = {
            "Make a snapshot of a closed store: a checkpoint, which is a store by itself.",
            "On the same file system it shares what is never changed with the store, by hard links:",
            "it is there at once and takes no room, but is no protection against a bad disk. On",
            "another one everything is copied. A program makes one of a store that it has open."
        })
final class Snapshot implements Callable<Integer> {

    private final Session session;

    @Mixin private final Invocation invocation = new Invocation();

    @Mixin private final ExistingStore flags = new ExistingStore();

    @Parameters(
            index = "0",
            paramLabel = "TARGET",
            description = "Where to make it: a directory that must not exist.")
    @Nullable Path target;

    @Mixin private final ResultFlag result = new ResultFlag();

    Snapshot(Session session) {
        this.session = session;
    }

    /** What is in a directory: all of it, and what has names elsewhere, too. */
    private record Content(long files, long bytes, long sharedBytes) {

        static Content of(Path directory) {
            try (Stream<Path> walk = Files.walk(directory)) {
                List<Path> files = walk.filter(Files::isRegularFile).toList();
                long bytes = 0;
                long sharedBytes = 0;
                for (Path file : files) {
                    long fileBytes = Files.size(file);
                    bytes += fileBytes;
                    sharedBytes += isShared(file) ? fileBytes : 0;
                }
                return new Content(files.size(), bytes, sharedBytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static boolean isShared(Path file) throws IOException {
            try {
                return Files.getAttribute(file, "unix:nlink") instanceof Integer names && names > 1;
            } catch (UnsupportedOperationException _) {
                return false; // nobody can tell here
            }
        }
    }

    @Override
    public Integer call() {
        Path to = target;
        if (to == null) {
            throw new UsageException("snapshot takes the directory to make");
        }
        if (Files.exists(to)) {
            throw new UsageException(to + " exists already: a snapshot overwrites nothing");
        }
        result.requireWritable();
        try (Opened opened = flags.open(session)) {
            if (!ExistingStore.isDone(session, opened, () -> make(opened, to))) {
                return ExitCode.FAILED;
            }
            report(opened, to);
        }
        return ExitCode.DONE;
    }

    private void make(Opened opened, Path to) {
        opened.store().flush(); // so that it is known how much there is
        long allBytes = TableFigures.of(opened.store().metrics()).bytes();
        new LongWork(invocation.progress(session))
                .watch(
                        () ->
                                "%s of %s are there"
                                        .formatted(
                                                ByteSize.text(Content.of(to).bytes()),
                                                ByteSize.text(allBytes)),
                        () -> opened.store().checkpoint(to));
    }

    private void report(Opened opened, Path to) {
        Content content = Content.of(to);
        session.out()
                .printf(
                        "snapshot of %s (%s) in %s: %,d files, %s, of which %s shared with the store%n",
                        opened.directory(),
                        opened.engine(),
                        to,
                        content.files(),
                        ByteSize.text(content.bytes()),
                        ByteSize.text(content.sharedBytes()));
        result.write(
                result.head("snapshot")
                        .put("store", opened.directory().toString())
                        .put("engine", opened.engine())
                        .put("target", to.toString())
                        .put("files", content.files())
                        .put("bytes", content.bytes())
                        .put("shared_bytes", content.sharedBytes()));
    }
}
