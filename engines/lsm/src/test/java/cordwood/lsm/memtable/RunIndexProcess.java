package cordwood.lsm.memtable;

import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.store.HeapPause;
import cordwood.testkit.FullHeap;

/**
 * The process of {@link RunIndexTest}: fills the heap where a table of runs has to grow. Ends with
 * status 1 when a run is not added once there is heap again.
 */
final class RunIndexProcess {

    private static final int FIRST_GROWTH = 128;
    private static final int GROWTHS = 6;

    private static volatile int wanted;
    private static volatile int added;

    private RunIndexProcess() {}

    @SuppressWarnings("SystemOut") // the parent reads it
    static void main(String... arguments) {
        HeapPause.take(); // which has it loaded
        FullHeap heap = new FullHeap();
        int waits = 0;
        try (Memory memory = Memory.open(MemoryOptions.ofBudget(32L << 20));
                IndexArena arena =
                        new IndexArena(memory.chunks(), memory.budget().account("index"))) {
            RunIndex runs = new RunIndex(arena);
            Thread adder = Thread.ofPlatform().daemon().start(() -> addWanted(runs));
            for (int i = 0; i < GROWTHS; i++) {
                int present = FIRST_GROWTH << i;
                wanted = present;
                awaitAll(adder);
                heap.fill(1);
                wanted = present + 1;
                while (added < wanted && adder.getState() == Thread.State.RUNNABLE) {
                    Thread.onSpinWait();
                }
                waits += added < wanted ? 1 : 0;
                heap.release();
                awaitAll(adder);
            }
            for (int stream = 0; stream < wanted; stream++) {
                if (runs.find(1, stream) == 0) {
                    System.err.println("stream " + stream + " is missing");
                    System.exit(1);
                }
            }
        }
        System.out.println("waited " + waits + " times");
    }

    private static void addWanted(RunIndex runs) {
        for (int stream = 0; ; stream++) {
            while (stream == wanted) {
                Thread.onSpinWait();
            }
            runs.findOrAdd(1, stream);
            added = stream + 1;
        }
    }

    private static void awaitAll(Thread adder) {
        while (added < wanted) {
            if (adder.getState() == Thread.State.TERMINATED) {
                System.exit(1);
            }
        }
    }
}
