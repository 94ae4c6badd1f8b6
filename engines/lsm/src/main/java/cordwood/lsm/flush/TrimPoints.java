package cordwood.lsm.flush;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.read.StreamReader;
import cordwood.lsm.read.Version;
import cordwood.lsm.read.Versions;
import cordwood.lsm.read.View;
import cordwood.store.StreamBounds;

/** Looks trim points up for background work, pinned for each look only. Confined to one thread. */
public final class TrimPoints {

    private final Versions versions;
    private final TrimHold hold;
    private final StreamReader reader = new StreamReader();

    /** Trim points of the current version, of tables alone while they are held. */
    public TrimPoints(Versions versions, TrimHold hold) {
        this.versions = versions;
        this.hold = hold;
    }

    /**
     * How far a stream's records were trimmed and may be left out, or {@link
     * StreamBounds#NEVER_TRIMMED}; attributes never are.
     */
    public long of(StreamKey key) {
        if (key.kind() == RecordKind.ATTRIBUTES) {
            return StreamBounds.NEVER_TRIMMED;
        }
        long ticket = versions.pin();
        try {
            Version version = versions.current();
            View view = View.of(version); // first: who holds later has all that is in it flushed
            return hold.isHeld()
                    ? reader.trimmedToInTables(version, key.space(), key.stream())
                    : reader.trimmedTo(view, key.space(), key.stream());
        } finally {
            versions.unpin(ticket);
        }
    }
}
