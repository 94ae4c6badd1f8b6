package cordwood.rocksdb;

import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Copies an encoded batch without the puts that the trim points in force hide.
 *
 * <p>It reads RocksDB's encoding itself. RocksDB would call back for each entry, but what is thrown
 * in such a call is lost on its way through native code, and the entry with it.
 */
final class HiddenPuts {

    private final byte[] batch;
    private final ByteBuffer view;
    private int offset = BatchBytes.HEADER_BYTES;

    private HiddenPuts(byte[] batch) {
        this.batch = batch;
        this.view = ByteBuffer.wrap(batch);
    }

    /**
     * Adds what is not hidden to {@code kept}.
     *
     * @param dataId the family of the puts
     */
    static void remove(byte[] batch, int dataId, TrimPoints trims, BatchBytes kept) {
        try {
            new HiddenPuts(batch).copy(dataId, trims, kept);
        } catch (IndexOutOfBoundsException e) {
            throw unreadable("an entry passes its end", e);
        }
    }

    private void copy(int dataId, TrimPoints trims, BatchBytes kept) {
        int before = kept.count();
        int dropped = 0;
        while (offset < batch.length) {
            int start = offset;
            byte tag = batch[offset++];
            if (tag != BatchBytes.PUT
                    && tag != BatchBytes.MERGE
                    && tag != BatchBytes.DELETE_RANGE) {
                throw unreadable("an entry of kind %d at %d".formatted(tag, start), null);
            }
            int familyId = varint();
            int key = string();
            string();
            if (tag == BatchBytes.PUT && familyId == dataId && isHidden(key, trims)) {
                dropped++;
            } else {
                kept.add(batch, start, offset - start);
            }
        }
        int found = kept.count() - before + dropped;
        if (offset != batch.length || found != BatchBytes.countOf(batch)) {
            throw unreadable(
                    "%,d entries where %,d were put".formatted(found, BatchBytes.countOf(batch)),
                    null);
        }
    }

    private boolean isHidden(int key, TrimPoints trims) {
        long trimmedTo = trims.of(Byte.toUnsignedInt(batch[key]), Keys.streamOf(view, key));
        return StreamMarks.hides(trimmedTo, Keys.positionOf(view, key));
    }

    /** Passes a string by; where it begins. */
    private int string() {
        int byteCount = varint();
        int start = offset;
        if (byteCount < 0 || byteCount > batch.length - start) {
            throw new IndexOutOfBoundsException(byteCount);
        }
        offset += byteCount;
        return start;
    }

    private int varint() {
        int number = 0;
        int shift = 0;
        byte part;
        do {
            part = batch[offset++];
            number |= (part & 0x7F) << shift;
            shift += 7;
        } while (part < 0);
        return number;
    }

    private static StoreException.Internal unreadable(String what, @Nullable Throwable cause) {
        return new StoreException.Internal(
                "a batch of RocksDB's is not as this engine writes them: " + what,
                Outcome.NOT_APPLIED,
                cause);
    }
}
