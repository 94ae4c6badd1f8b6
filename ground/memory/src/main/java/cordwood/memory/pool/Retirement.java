package cordwood.memory.pool;

import java.util.function.LongPredicate;

/** The retired cells of an {@link AddressTable}, linked through its slots, and who frees them. */
final class Retirement implements RetiredLists {

    private final AddressTable table;
    private volatile LongPredicate free;

    Retirement(AddressTable table, LongPredicate free) {
        this.table = table;
        this.free = free;
    }

    /** Has another {@code free} asked from now on. */
    void sendTo(LongPredicate free) {
        this.free = free;
    }

    @Override
    public int push(int generation, long handle) {
        return table.pushRetired(generation, handle);
    }

    @Override
    public void pushAgain(int generation, long handle) {
        table.pushRetiredAgain(generation, handle);
    }

    @Override
    public long pop(int generation) {
        return table.popRetired(generation);
    }

    @Override
    public int bytes(long handle) {
        return table.retiredBytes(handle);
    }

    @Override
    public boolean free(long handle) {
        return free.test(handle);
    }
}
