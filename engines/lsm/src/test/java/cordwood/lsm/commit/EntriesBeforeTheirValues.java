package cordwood.lsm.commit;

import cordwood.lsm.format.RecordKind;
import cordwood.testkit.mutant.InsteadOf;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** M16: a batch says that a record is there before its value is copied, which may fail. */
public final class EntriesBeforeTheirValues {

    private record Value(MemorySegment head, MemorySegment tail, int at) {}

    private static final ThreadLocal<@Nullable Value> NEXT = new ThreadLocal<>();

    private EntriesBeforeTheirValues() {}

    /** Later. */
    @InsteadOf(LsmBatch.class)
    public static void copyValue(LsmBatch batch, MemorySegment head, MemorySegment tail, int at) {
        NEXT.set(new Value(head, tail, at));
    }

    /** Now. */
    @InsteadOf(LsmBatch.class)
    public static void enter(
            LsmBatch batch,
            boolean joins,
            RecordKind of,
            int inSpace,
            long toStream,
            long position,
            int recordEnd) {
        batch.enter(joins, of, inSpace, toStream, position, recordEnd);
        Value value = Objects.requireNonNull(NEXT.get());
        batch.copyValue(value.head, value.tail, value.at);
    }
}
