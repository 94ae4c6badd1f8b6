package cordwood.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** The process's standard output, which notes what a {@code PrintWriter} keeps to itself. */
final class StandardOutput extends OutputStream {

    private final OutputStream out;
    private volatile @Nullable IOException failure;

    StandardOutput() {
        this(new FileOutputStream(FileDescriptor.out));
    }

    StandardOutput(OutputStream out) {
        this.out = out;
    }

    /**
     * Why some of what was printed is missing; null where all is there, or where whoever read it
     * has gone, which is up to them.
     */
    @Nullable String lossReason() {
        IOException thrown = failure;
        if (thrown == null) {
            return null;
        }
        String reason = String.valueOf(thrown.getMessage());
        return reason.contains("Broken pipe") ? null : reason;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        try {
            out.write(bytes, offset, count);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }
}
