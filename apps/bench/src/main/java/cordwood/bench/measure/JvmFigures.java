package cordwood.bench.measure;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;

/**
 * What the JVM says about itself.
 *
 * @param heapUsedBytes heap in use, garbage included
 * @param heapCommittedBytes heap taken from the system
 * @param directBufferBytes direct buffers
 * @param collections garbage collections so far
 * @param collectionMillis time they took
 */
public record JvmFigures(
        long heapUsedBytes,
        long heapCommittedBytes,
        long directBufferBytes,
        long collections,
        long collectionMillis) {

    /** The figures at this moment. */
    public static JvmFigures now() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long directBytes = 0;
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) {
                directBytes = Math.max(0, pool.getMemoryUsed());
            }
        }
        long collections = 0;
        long millis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += Math.max(0, collector.getCollectionCount());
            millis += Math.max(0, collector.getCollectionTime());
        }
        return new JvmFigures(
                heap.getUsed(), heap.getCommitted(), directBytes, collections, millis);
    }

    /** The same levels, and the collections since an earlier moment. */
    public JvmFigures since(JvmFigures earlier) {
        return new JvmFigures(
                heapUsedBytes,
                heapCommittedBytes,
                directBufferBytes,
                collections - earlier.collections,
                collectionMillis - earlier.collectionMillis);
    }
}
