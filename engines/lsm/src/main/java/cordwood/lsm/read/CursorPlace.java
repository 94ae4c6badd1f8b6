package cordwood.lsm.read;

import org.jspecify.annotations.Nullable;

/**
 * Where a cursor stands: what finds its records, and the view of the store in which that was set
 * up. Used again and again, confined to one thread at a time.
 */
final class CursorPlace {

    /** With more, a place takes more heap than is worth to be kept. */
    private static final int WALKS_MAX = 256;

    private final Merge merge = new Merge();
    private final StreamReader reader = new StreamReader(merge);
    private @Nullable View view;
    private long trims;

    Merge merge() {
        return merge;
    }

    /** Whether it stands in the pinned version, and no stream was trimmed since. */
    boolean isIn(Version version) {
        View present = view;
        return present != null
                && present.version().equals(version)
                && version.active().trims() == trims;
    }

    /** Whether nothing was written since it was set up. */
    boolean isNewest() {
        View present = view;
        return present != null && present.activeLimit() == present.version().active().visible();
    }

    /**
     * Moves into the pinned version as it is now.
     *
     * @return how far the stream is trimmed in it
     */
    long enter(Version version, int space, long stream) {
        trims = version.active().trims(); // first: a trim that comes now is one since
        View present = View.of(version);
        view = present;
        return reader.trimmedTo(present, space, stream);
    }

    /** What it stands in. */
    View view() {
        View present = view;
        if (present == null) {
            throw new IllegalStateException("the place is nowhere");
        }
        return present;
    }

    /** Holds nothing of the store until the merge is resumed; false when it had better go. */
    boolean rest() {
        merge.rest();
        return merge.walkCount() <= WALKS_MAX;
    }

    /** Stands nowhere any more. */
    void release() {
        view = null;
        merge.scanIn(null);
        merge.release();
    }
}
