package cordwood.lsm.inspect;

import cordwood.store.StoreException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a verification found in one file.
 *
 * @param kind what the file is, in words
 * @param content what is in it, in words; empty for what was not read
 * @param findings what is wrong with it, each with file and offset
 */
public record FileReport(
        Path file,
        State state,
        String kind,
        String content,
        List<StoreException.Corrupt> findings) {

    /** What the file is to the store. */
    public enum State {
        /** On record and as it was written. */
        SOUND,
        /** On record, and not what was written. */
        DAMAGED,
        /** On record, and not there. */
        MISSING,
        /** Of a store, and not on record: what a crash left, deleted when the store is opened. */
        UNRECORDED,
        /** Nothing that a store makes; left alone. */
        FOREIGN
    }

    /** Copies the findings. */
    public FileReport {
        findings = List.copyOf(findings);
    }

    static FileReport of(
            Path file, String kind, String content, List<StoreException.Corrupt> findings) {
        State state = findings.isEmpty() ? State.SOUND : State.DAMAGED;
        return new FileReport(file, state, kind, content, findings);
    }
}
