package cordwood.bench.alloc;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** A short queue from one thread to another, without locks. */
final class Lane<T> {

    private final AtomicReferenceArray<@Nullable T> places;

    // confined to the offering thread
    private int nextOffer;

    // confined to the polling thread
    private int nextPoll;

    Lane(int capacity) {
        this.places = new AtomicReferenceArray<>(capacity);
    }

    /** Puts an element at the end; false when there is no room. */
    boolean offer(T element) {
        if (places.getAcquire(nextOffer) != null) {
            return false;
        }
        places.setRelease(nextOffer, element);
        nextOffer = (nextOffer + 1) % places.length();
        return true;
    }

    /** Takes the first element; null when there is none. */
    @Nullable T poll() {
        T element = places.getAcquire(nextPoll);
        if (element != null) {
            places.setRelease(nextPoll, null);
            nextPoll = (nextPoll + 1) % places.length();
        }
        return element;
    }
}
