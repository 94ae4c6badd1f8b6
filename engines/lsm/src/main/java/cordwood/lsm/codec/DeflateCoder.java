package cordwood.lsm.codec;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** Deflate, without header and checksum around it. */
final class DeflateCoder implements Coder {

    /*
     * The JDK's, which works on memory on the heap and off it. Each half takes native memory that no
     * budget counts, 260 KiB to compress and 40 KiB to expand: so it is made when it is needed.
     */
    private static final int LEVEL = 5;

    private final byte[] beyond = new byte[1];
    private @Nullable Deflater deflater;
    private @Nullable Inflater inflater;

    @Override
    public int compress(ByteBuffer source, ByteBuffer target) {
        Deflater used = deflater();
        try {
            used.setInput(source);
            used.finish();
            int bytes = used.deflate(target);
            return used.finished() ? bytes : -1;
        } finally {
            used.reset();
        }
    }

    @Override
    public boolean expand(ByteBuffer source, ByteBuffer target) {
        Inflater used = inflater();
        try {
            used.setInput(source);
            used.inflate(target);
            return !target.hasRemaining() && isAtEnd(used);
        } catch (DataFormatException _) {
            return false;
        } finally {
            used.reset();
        }
    }

    /** Whether nothing follows; the mark that says so may not have been read yet. */
    private boolean isAtEnd(Inflater used) throws DataFormatException {
        boolean more = !used.finished() && used.inflate(beyond) > 0;
        return !more && used.finished() && used.getRemaining() == 0;
    }

    private Deflater deflater() {
        Deflater present = deflater;
        if (present == null) {
            present = new Deflater(LEVEL, true);
            deflater = present;
        }
        return present;
    }

    private Inflater inflater() {
        Inflater present = inflater;
        if (present == null) {
            present = new Inflater(true);
            inflater = present;
        }
        return present;
    }

    @Override
    public void close() {
        if (deflater != null) {
            deflater.end();
        }
        if (inflater != null) {
            inflater.end();
        }
    }
}
