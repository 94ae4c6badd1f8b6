package cordwood.cli;

import cordwood.bench.payload.PayloadFileHeader;
import cordwood.bench.payload.PayloadFileWriter;
import cordwood.bench.payload.PayloadSpec;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a payload file. */
@Command(
        name = "generate-payload",
        description = "Write records to a file, for runs that must write the same bytes.")
final class BenchGeneratePayload implements Callable<Integer> {

    private final Session session;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The file to write; only an older payload file is replaced.")
    @Nullable Path output;

    @Option(
            names = "--num-batches",
            paramLabel = "N",
            converter = Converters.Count.class,
            description = "Batches in the file; default ${DEFAULT-VALUE}.",
            defaultValue = "1024")
    long batchCount;

    @Mixin private final BenchPayload payload = new BenchPayload();

    BenchGeneratePayload(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Path file = output;
        if (file == null) {
            throw new UsageException("missing required option '--output'");
        }
        PayloadSpec spec = payload.spec();
        PayloadFileHeader header = PayloadFileWriter.write(file, spec, batchCount);
        session.out()
                .printf(
                        Locale.ROOT,
                        "wrote %,d records in %,d batches of %,d to %s%n",
                        header.batchCount() * header.recordsPerBatch(),
                        header.batchCount(),
                        header.recordsPerBatch(),
                        file);
        session.out()
                .printf(
                        Locale.ROOT,
                        "payload size %d B, entropy %s, key style %s, seed %s, file size %,d B%n",
                        header.bodyBytes(),
                        spec.entropy(),
                        header.keyStyle().name().toLowerCase(Locale.ROOT),
                        Long.toUnsignedString(header.seed()),
                        header.fileBytes());
        return ExitCode.DONE;
    }
}
