package cordwood.lsm.format;

import cordwood.files.DiskFile;
import cordwood.files.FileFailure;
import cordwood.store.HeapPause;
import cordwood.store.StoreException;
import java.nio.ByteBuffer;

/** A write that cannot be taken back, nor refused any more: waits while the heap is full. */
public final class FinalWrite {

    private FinalWrite() {}

    /**
     * Writes all that remains in the buffer.
     *
     * @throws StoreException.Failed when the storage fails: nobody knows what is stored
     */
    public static void put(DiskFile file, long offset, ByteBuffer bytes) {
        long endOffset = offset + bytes.remaining();
        while (!isWritten(file, endOffset - bytes.remaining(), bytes)) {
            HeapPause.take(); // the same bytes may go to the same place again
        }
    }

    private static boolean isWritten(DiskFile file, long offset, ByteBuffer bytes) {
        try {
            file.write(offset, bytes);
            return true;
        } catch (FileFailure e) {
            throw StorageFailures.ofWrite(e);
        } catch (OutOfMemoryError _) {
            return false;
        }
    }
}
