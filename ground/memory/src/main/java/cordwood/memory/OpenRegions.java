package cordwood.memory;

import org.jspecify.annotations.Nullable;

/** The open regions, linked through themselves. Guarded by the lock of {@link Chunks}. */
final class OpenRegions {

    private @Nullable Region first;
    private int count;

    int count() {
        return count;
    }

    @Nullable Region first() {
        return first;
    }

    void add(Region region) {
        Region second = first;
        region.next = second;
        if (second != null) {
            second.previous = region;
        }
        first = region;
        count++;
    }

    void remove(Region region) {
        Region previous = region.previous;
        Region next = region.next;
        if (previous == null) {
            first = next;
        } else {
            previous.next = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        region.previous = null;
        region.next = null;
        count--;
    }
}
