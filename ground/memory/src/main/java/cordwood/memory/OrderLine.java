package cordwood.memory;

import org.jspecify.annotations.Nullable;

/** Orders that wait for the maker, served as they came. Guarded by the lock of {@link Chunks}. */
final class OrderLine {

    private @Nullable ChunkOrder first;

    void append(ChunkOrder order) {
        ChunkOrder last = first;
        if (last == null) {
            first = order;
            return;
        }
        while (last.next != null) {
            last = last.next;
        }
        last.next = order;
    }

    @Nullable ChunkOrder poll() {
        ChunkOrder order = first;
        if (order != null) {
            first = order.next;
            order.next = null;
        }
        return order;
    }

    /** Takes an order out of the line; answers false when it is not there any more. */
    boolean remove(ChunkOrder order) {
        ChunkOrder before = null;
        ChunkOrder at = first;
        while (at != null && !at.equals(order)) {
            before = at;
            at = at.next;
        }
        if (at == null) {
            return false;
        }
        if (before == null) {
            first = at.next;
        } else {
            before.next = at.next;
        }
        return true;
    }
}
