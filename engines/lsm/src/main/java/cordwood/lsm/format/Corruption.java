package cordwood.lsm.format;

import cordwood.store.StoreException;
import java.nio.file.Path;

/** Words for stored bytes that are not what was written. */
public final class Corruption {

    private Corruption() {}

    /** Names the file, the offset, and what was expected and found there. */
    public static StoreException.Corrupt at(
            Path path, long offsetBytes, String expected, String found) {
        return new StoreException.Corrupt(
                "%s is damaged at offset %d: expected %s, found %s"
                        .formatted(path, offsetBytes, expected, found),
                path,
                offsetBytes,
                null);
    }

    /** Says that a checksum does not match. */
    public static StoreException.Corrupt checksum(
            Path path, long offsetBytes, int expected, int found) {
        return at(
                path,
                offsetBytes,
                "checksum %08x".formatted(expected),
                "bytes with checksum %08x".formatted(found));
    }
}
