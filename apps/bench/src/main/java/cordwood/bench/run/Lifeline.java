package cordwood.bench.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Stops a run when whoever started its process is gone. */
public final class Lifeline {

    private Lifeline() {}

    /** Interrupts {@code control} once {@code lifeline}, on which nothing is ever sent, ends. */
    public static void watch(InputStream lifeline, RunControl control) {
        Thread.ofPlatform()
                .daemon()
                .name("bench-lifeline")
                .start(() -> {
                    try {
                        lifeline.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException _) {
                        // gone as well
                    }
                    control.interrupt();
                });
    }
}
