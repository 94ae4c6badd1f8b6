package cordwood.lsm.wal;

import cordwood.testkit.FullHeap;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * The process of {@link LiveSegmentsTest}: begins segments while the heap is full, most of all
 * where a list of them has to grow. Ends with status 1 when one is forgotten.
 */
final class LiveSegmentsProcess {

    private static final int ROUNDS = 8;

    /** Lists of the JDK grow when they hold 10, 15, 22, its deques when they hold 16. */
    private static final int BEGUN_BEFORE = 15;

    private static final int SEGMENTS = 17;
    private static final int LEFT_BYTES_MAX = 400;

    private LiveSegmentsProcess() {}

    @SuppressWarnings("SystemOut") // the parent reads it
    static void main(String... arguments) {
        SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[0]));
        FullHeap heap = new FullHeap();
        int refused = 0;
        Path path = Path.of("/segment").toAbsolutePath();
        for (int round = 0; round < ROUNDS; round++) {
            LiveSegments live = new LiveSegments();
            int begun = 0;
            while (begun < SEGMENTS) {
                Segment segment = new Segment(begun, 0, path);
                try {
                    if (begun >= BEGUN_BEFORE) {
                        heap.fill(random.nextInt(1, LEFT_BYTES_MAX));
                    }
                    live.begin(segment, begun, begun);
                    begun++;
                } catch (OutOfMemoryError _) {
                    refused++;
                } finally {
                    heap.release();
                }
                if (live.count() != begun) {
                    System.err.println(live.count() + " segments, and " + begun + " begun");
                    System.exit(1);
                }
            }
        }
        System.out.println("refused " + refused + " times");
    }
}
