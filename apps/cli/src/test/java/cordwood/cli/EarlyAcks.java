package cordwood.cli;

import cordwood.files.DiskFile;
import cordwood.testkit.mutant.InsteadOf;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The log is written a little later than was said. */
public final class EarlyAcks {

    private static final Executor LATER =
            CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

    private EarlyAcks() {}

    /** Says that it was. */
    @InsteadOf(DiskFile.class)
    public static void write(DiskFile file, long offsetBytes, ByteBuffer source) {
        if (!file.path().toString().endsWith(".wal")) {
            file.write(offsetBytes, source);
            return;
        }
        ByteBuffer copy = ByteBuffer.allocate(source.remaining()).put(source).flip();
        LATER.execute(() -> file.write(offsetBytes, copy));
    }
}
