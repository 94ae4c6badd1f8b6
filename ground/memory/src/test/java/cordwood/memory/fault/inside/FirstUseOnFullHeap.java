package cordwood.memory.fault.inside;

import cordwood.memory.Account;
import cordwood.memory.BumpArena;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.pool.PoolOptions;
import cordwood.memory.pool.SmallPool;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A process whose heap is full but for a little when something is done for the first time, and has
 * room again when it is done for the second time.
 */
public final class FirstUseOnFullHeap {

    private static final long BUDGET_BYTES = 256L << 20;
    private static final Duration PATIENCE = Duration.ofMillis(1);

    private final Memory memory = Memory.open(MemoryOptions.ofBudget(BUDGET_BYTES));
    private final Account account = memory.budget().account("first");
    private final @Nullable Object[] filling = new @Nullable Object[200_000];

    private FirstUseOnFullHeap() {}

    /** The words: what is done, how many KiB stay free, whether a pool was at work before. */
    public static void main(String[] words) throws InterruptedException {
        FirstUseOnFullHeap trial = new FirstUseOnFullHeap();
        if (Boolean.parseBoolean(words[2])) {
            SmallPool pool = SmallPool.open(trial.memory, PoolOptions.defaults());
            pool.free(pool.allocate(16));
            pool.allocate(16); // Its chunk would be given back in time.
        }
        trial.fill(Integer.parseInt(words[1]));
        trial.attempt(words[0]);
        Arrays.fill(trial.filling, null);
        System.out.println(trial.attempt(words[0]));
        System.exit(0);
    }

    private void fill(int kibFree) {
        int count = 0;
        for (int bytes = 4096; bytes > 16; bytes /= 8) {
            try {
                while (true) {
                    filling[count] = new byte[bytes];
                    count++;
                }
            } catch (OutOfMemoryError full) {
                filling[count] = null;
            }
        }
        for (int i = 0; i < kibFree / 4; i++) {
            filling[i] = null;
        }
    }

    private String attempt(String what) throws InterruptedException {
        try {
            perform(what);
            return "done";
        } catch (Throwable answer) {
            return answer.getClass().getSimpleName();
        }
    }

    private void perform(String what) throws InterruptedException {
        switch (what) {
            case "large" -> memory.chunks().region(account, 2 * BUDGET_BYTES);
            case "wait" -> memory.chunks().region(account, BUDGET_BYTES - (1 << 20), PATIENCE);
            case "reserve" -> {
                account.reserve(BUDGET_BYTES, PATIENCE);
                account.reserve(1, PATIENCE);
            }
            case "arena" -> new BumpArena(memory.chunks(), account, 1 << 16).allocate(1, 1);
            default -> throw new AssertionError(what);
        }
    }
}
