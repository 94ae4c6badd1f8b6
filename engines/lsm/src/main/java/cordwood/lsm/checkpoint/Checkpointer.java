package cordwood.lsm.checkpoint;

import cordwood.files.FileFailure;
import cordwood.lsm.format.StorageFailures;
import cordwood.lsm.manifest.Manifest;
import cordwood.lsm.manifest.ManifestState;
import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;

/** Makes checkpoints of an open store, one at a time. Belongs to a step of its own. */
public final class Checkpointer {

    /*
     * On a step of its own, so that nothing else waits for a long copy. No reader's pin has to last as
     * long: that would hold back memtables, and so the writers. What is kept are files of tables.
     */
    private final StoreCopy.Source source;
    private final Manifest manifest;
    private final TablePins pins;

    private volatile boolean stopping;

    /** A checkpointer with nothing under way. */
    public Checkpointer(StoreCopy.Source source, Manifest manifest, TablePins pins) {
        this.source = source;
        this.manifest = manifest;
        this.pins = pins;
    }

    /**
     * Copies the tables on record into a new directory, which is a store then.
     *
     * @param whenCut run once it is settled what is in the copy
     * @throws StoreException.Closed when the step is to stop before the copy is complete
     * @throws StoreException.Full when the target's disk has no room
     * @throws RuntimeException as {@link StoreCopy#make}; nothing is left of the copy
     */
    public void make(Path target, Runnable whenCut) {
        StoreCopy copy =
                new StoreCopy(source, StoreCopy.Tables.LINKED, () -> stopping, (_, _) -> {});
        try {
            copy.make(target, "a checkpoint of " + source.directory(), () -> cut(whenCut));
        } catch (CancellationException _) {
            throw new StoreException.Closed("the store is closed");
        } catch (FileFailure e) {
            throw e.kind() == FileFailure.Kind.NO_SPACE
                    ? StorageFailures.ofFullTarget(target, e)
                    : e;
        } finally {
            pins.unpin();
        }
    }

    private ManifestState cut(Runnable whenCut) {
        ManifestState cut = pins.pin(manifest);
        whenCut.run();
        return cut;
    }

    /** Lets the step give up what it is copying and do nothing more. */
    public void stop() {
        stopping = true;
    }
}
