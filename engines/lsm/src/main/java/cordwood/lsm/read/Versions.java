package cordwood.lsm.read;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.memtable.Memtable;
import cordwood.lsm.table.Table;
import cordwood.memory.epoch.Epochs;
import cordwood.store.HeapPause;
import cordwood.store.StackRoom;
import cordwood.store.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The current version, its succession, and the pins that keep what older ones name. Thread-safe.
 *
 * <p>What a version stops naming is retired: let go of once nobody is pinned who may have seen it.
 */
public final class Versions {

    /*
     * Whoever may be the last to hold something back sees to it. A retirement is counted, then
     * entered, then looked for; a reader leaves, then reads the count, and tells when it is not zero.
     * All are volatile accesses: either the reader sees the count, or whoever retired sees that the
     * reader has left. The count falls only when an action has run, so nobody who reclaims takes
     * notice of a retirement away from others.
     */
    private final Epochs epochs = new Epochs();
    private final AtomicInteger held = new AtomicInteger();

    private volatile Version current;
    private volatile long debtBytes; // of the current version: each group asks
    private volatile Runnable whenReclaimable = () -> {};
    private volatile boolean closed;

    /** Starts with a version. */
    public Versions(Version first) {
        this.current = first;
        this.debtBytes = first.debtBytes();
    }

    /** Has something cheap run when a reader leaves that may have held back what was retired. */
    public void whenReclaimable(Runnable told) {
        whenReclaimable = told;
    }

    /**
     * Keeps everything readable that {@link #current()} names from now on.
     *
     * @return what to {@link #unpin} with
     * @throws StoreException.Closed when the store is closed
     */
    public long pin() {
        StackRoom.requireSome(); // to end it, whatever the caller does in between
        long ticket = epochs.enter();
        if (closed) {
            epochs.leave(ticket);
            throw new StoreException.Closed("the store is closed");
        }
        return ticket;
    }

    /** Ends a pin. */
    public void unpin(long ticket) {
        epochs.leave(ticket);
        if (held.get() > 0) {
            whenReclaimable.run();
        }
    }

    /** Whether pins are refused. */
    public boolean isClosed() {
        return closed;
    }

    /** What the store consists of now. */
    public Version current() {
        return current;
    }

    /** Bytes of the current version that wait to be flushed. */
    public long debtBytes() {
        return debtBytes;
    }

    private void become(Version next) {
        debtBytes = next.debtBytes();
        current = next;
    }

    /** Makes another memtable the active one. */
    public synchronized void seal(Memtable fresh) {
        Version before = current;
        before.active().seal();
        List<Memtable> sealed = new ArrayList<>();
        sealed.add(before.active());
        sealed.addAll(before.sealed());
        become(new Version(fresh, sealed, before.records(), before.attributes()));
    }

    /**
     * Puts tables in the place of the oldest sealed memtable, and lets go of that, at once where
     * nobody reads it. Waits while the heap is full.
     *
     * @param whenUnread what to do with the memtable, once nobody reads it
     */
    public void flushed(Memtable memtable, List<Table> tables, Runnable whenUnread) {
        exchangeOnceThereIsHeap(memtable, List.of(), tables);
        retire(memtable.usedBytes(), whenUnread);
    }

    /**
     * Takes tables out and puts others in their place. Waits while the heap is full.
     *
     * @param whenUnread what to do with those taken out, once nobody reads them
     */
    public void replace(List<Table> old, List<Table> fresh, Runnable whenUnread) {
        exchangeOnceThereIsHeap(null, old, fresh);
        retire(0, whenUnread);
    }

    private void exchangeOnceThereIsHeap(
            @Nullable Memtable flushed, List<Table> old, List<Table> fresh) {
        while (!isExchanged(flushed, old, fresh)) {
            HeapPause.take();
        }
    }

    private boolean isExchanged(@Nullable Memtable flushed, List<Table> old, List<Table> fresh) {
        try {
            exchange(flushed, old, fresh);
            return true;
        } catch (OutOfMemoryError _) {
            return false;
        }
    }

    private synchronized void exchange(
            @Nullable Memtable flushed, List<Table> old, List<Table> fresh) {
        Version before = current;
        become(
                new Version(
                        before.active(),
                        flushed == null ? before.sealed() : without(flushed, before.sealed()),
                        replaced(before.records(), old, fresh, RecordKind.RECORDS),
                        replaced(before.attributes(), old, fresh, RecordKind.ATTRIBUTES)));
    }

    private static List<Memtable> without(Memtable oldest, List<Memtable> sealed) {
        List<Memtable> rest = new ArrayList<>(sealed);
        if (rest.isEmpty() || rest.removeLast() != oldest) {
            throw new IllegalStateException("not the oldest sealed memtable");
        }
        return rest;
    }

    private static List<Table> replaced(
            List<Table> present, List<Table> old, List<Table> fresh, RecordKind kind) {
        List<Table> tables = new ArrayList<>(present);
        tables.removeAll(old);
        fresh.stream().filter(table -> table.kind() == kind).forEach(tables::add);
        tables.sort(Comparator.comparingLong(Table::lastSequence).reversed());
        return tables;
    }

    private void retire(long bytes, Runnable action) {
        while (!isRetired(bytes, action)) {
            HeapPause.take();
        }
        try {
            epochs.advance();
            reclaim();
        } catch (OutOfMemoryError _) {
            // the next to leave has it done
        }
    }

    private boolean isRetired(long bytes, Runnable action) {
        held.incrementAndGet();
        boolean retired = false;
        try {
            epochs.retire(bytes, counted(action));
            retired = true;
        } catch (OutOfMemoryError _) {
            // then nothing was retired
        } finally {
            if (!retired) {
                held.decrementAndGet();
            }
        }
        return retired;
    }

    private Runnable counted(Runnable action) {
        return () -> {
            try {
                action.run();
            } finally {
                held.decrementAndGet();
            }
        };
    }

    /** How long the oldest pin has held back what was retired since, about; 0 where none does. */
    public long oldestPinAgeNanos() {
        return epochs.oldestPinAgeNanos();
    }

    /** Lets go of what nobody can see any more; true when something was. */
    public boolean reclaim() {
        return held.get() > 0 && epochs.reclaim() > 0;
    }

    /** Refuses further pins and waits until the present ones have ended. */
    public void close() {
        closed = true;
        while (epochs.pinned() > 0) {
            Thread.onSpinWait();
        }
        epochs.advance();
        epochs.reclaim();
    }
}
