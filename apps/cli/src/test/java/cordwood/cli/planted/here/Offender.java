package cordwood.cli.planted.here;

import cordwood.cli.planted.there.Accomplice;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.LongSupplier;

/** Breaks every rule of the ArchitectureTest, to show that it looks. Never runs. */
public final class Offender {

    private Offender() {}

    /** Breaks all but the rule on cycles. */
    public static long offend() throws Exception {
        LongSupplier clock = System::currentTimeMillis;
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(Path.of("x"))) {
            Thread.sleep(1);
            System.exit((int) channel.size());
            Linker.nativeLinker();
            return arena.allocate(1).byteSize() + new Random(1).nextLong() + clock.getAsLong();
        }
    }

    /** One half of a cycle. */
    public static void call() {
        Accomplice.call();
    }
}
