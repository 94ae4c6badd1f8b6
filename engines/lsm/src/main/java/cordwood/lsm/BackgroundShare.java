package cordwood.lsm;

import cordwood.lsm.format.Regions;
import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.Reclaimer;
import cordwood.memory.Region;
import cordwood.store.StepExecutor;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A share of the memory budget that is background work's own, so that readers who hold all the rest
 * do not keep a flush from making room. Thread-safe.
 */
final class BackgroundShare implements Reclaimer, AutoCloseable {

    /*
     * Held as a region that nobody uses, and given back when one who may have it is about to be
     * refused: whoever asks before a refusal does so on his own thread. When his work is done it is
     * taken again as soon as there is room; until then background work waits like everybody else.
     */
    private final Memory memory;
    private final Account account;
    private final long sizeBytes;
    private final Set<Thread> entitled = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Region> held = new AtomicReference<>();

    /** Takes the share, if there is that much. */
    @SuppressWarnings("this-escape") // nobody is entitled before the constructor has returned
    BackgroundShare(Memory memory, Account account, long sizeBytes) {
        this.memory = memory;
        this.account = account;
        this.sizeBytes = sizeBytes;
        memory.addReclaimer(this);
        refill();
    }

    /** A step that may use the share. */
    StepExecutor.Step lentTo(StepExecutor.Step step) {
        return () -> {
            Thread worker = Thread.currentThread();
            entitled.add(worker);
            try {
                return step.run();
            } finally {
                entitled.remove(worker);
                refill();
            }
        };
    }

    private void refill() {
        if (held.get() == null) {
            Region taken = Regions.tryTake(memory.chunks(), account, sizeBytes);
            if (taken != null && !held.compareAndSet(null, taken)) {
                taken.close();
            }
        }
    }

    @Override
    public void giveBack() {
        if (entitled.contains(Thread.currentThread())) {
            release();
        }
    }

    private void release() {
        Region region = held.getAndSet(null);
        if (region != null) {
            region.close();
        }
    }

    @Override
    public void close() {
        memory.removeReclaimer(this);
        release();
    }
}
