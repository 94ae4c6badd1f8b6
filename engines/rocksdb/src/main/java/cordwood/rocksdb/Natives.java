package cordwood.rocksdb;

import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.AbstractNativeReference;

/** Native objects with one owner, freed in the reverse order of their making. Not thread-safe. */
final class Natives implements AutoCloseable {

    private final Deque<AbstractNativeReference> owned = new ArrayDeque<>();

    <T extends AbstractNativeReference> T own(T made) {
        owned.push(made);
        return made;
    }

    @Override
    public void close() {
        while (!owned.isEmpty()) {
            owned.pop().close();
        }
    }
}
