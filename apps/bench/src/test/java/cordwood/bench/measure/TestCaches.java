package cordwood.bench.measure;

import java.nio.file.Path;

/** Page caches that are not this machine's. */
public final class TestCaches {

    private TestCaches() {}

    /** One that is dropped by writing to a file. */
    public static PageCache droppedBy(Path control) {
        return new PageCache(control);
    }
}
