package cordwood.rocksdb;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.AbstractNativeReference;

/** Native objects with one owner, freed in the reverse order of their making. Not thread-safe. */
final class Natives implements AutoCloseable {

    private final List<AbstractNativeReference> owned = new ArrayList<>();

    <T extends AbstractNativeReference> T own(T made) {
        boolean isOwned = false;
        try {
            owned.add(made);
            isOwned = true;
            return made;
        } finally {
            if (!isOwned) {
                made.close();
            }
        }
    }

    @Override
    public void close() {
        while (!owned.isEmpty()) {
            owned.removeLast().close();
        }
    }
}
