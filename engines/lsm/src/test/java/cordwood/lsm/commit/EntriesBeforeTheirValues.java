package cordwood.lsm.commit;

import cordwood.testkit.mutant.InsteadOf;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** M16: a batch says that a value is there before it is copied, which may fail. */
public final class EntriesBeforeTheirValues {

    private record Value(MemorySegment head, MemorySegment tail, int at) {}

    private static final ThreadLocal<@Nullable Value> NEXT = new ThreadLocal<>();

    private EntriesBeforeTheirValues() {}

    @InsteadOf(LsmBatch.class)
    public static void copyValue(LsmBatch batch, MemorySegment head, MemorySegment tail, int at) {
        NEXT.set(new Value(head, tail, at));
    }

    @InsteadOf(LsmBatch.class)
    public static void enterValue(LsmBatch batch, int at, int valueBytes) {
        batch.enterValue(at, valueBytes);
        Value value = Objects.requireNonNull(NEXT.get());
        batch.copyValue(value.head, value.tail, value.at);
    }
}
