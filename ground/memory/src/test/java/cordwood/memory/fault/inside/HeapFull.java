package cordwood.memory.fault.inside;

import cordwood.memory.MemoryRefused;
import cordwood.memory.pool.LocalPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that fills its small heap to the end and goes on asking for memory. */
public final class HeapFull {

    private static final long PATIENCE_NANOS =
            TimeUnit.SECONDS.toNanos(Long.getLong("cordwood.patience", 120));
    private static final int BIG_BYTES = 16 << 10;
    private static final int SMALL_BYTES = 1000;
    private static final int TRIES = 60;

    private final List<byte[]> filling = new ArrayList<>(1 << 17);
    private long errors;

    private HeapFull() {}

    /** The word says how many rounds. */
    public static void main(String[] words) throws InterruptedException {
        Cases.warmUp(PATIENCE_NANOS);
        HeapFull full = new HeapFull();
        int rounds = Integer.parseInt(words[0]);
        for (int round = 0; round < rounds; round++) {
            full.round(round);
        }
        System.out.println(full.errors);
    }

    private void round(int round) throws InterruptedException {
        Stand stand = new Stand(false, 1, PATIENCE_NANOS);
        stand.allocate(1, 16);
        fill(BIG_BYTES);
        fill(SMALL_BYTES);
        fill(16);
        // A little room, more in each round: so another allocation is the one that fails.
        for (int i = 0; i < round % 40; i++) {
            filling.removeLast();
        }
        try {
            tryAll(stand);
        } finally {
            filling.clear();
        }
        stand.locals.forEach(LocalPool::close);
        new Invariants(stand, "round " + round + " with a full heap", PATIENCE_NANOS).check();
    }

    private void fill(int bytes) {
        try {
            while (true) {
                filling.add(new byte[bytes]);
            }
        } catch (OutOfMemoryError _) {
            // As wanted.
        }
    }

    private void tryAll(Stand stand) {
        for (int i = 0; i < TRIES; i++) {
            try {
                if (i % 3 == 0) {
                    stand.keep(stand.pool.allocate(16 << (i % 8)));
                } else if (i % 3 == 1) {
                    stand.keep(stand.memory.chunks().tryRegion(stand.regionsAccount, 1));
                } else {
                    stand.pool.trim();
                }
            } catch (OutOfMemoryError _) {
                errors++;
            } catch (MemoryRefused _) {
                // An answer too.
            }
        }
    }
}
