package cordwood.testkit.disk;

import java.util.Set;
import java.util.function.Predicate;

/**
 * A call that fails.
 *
 * @param kind how
 * @param call which of the calls that the kind applies to and {@code where} accepts, from 1
 * @param sticky whether every later one fails too
 * @param where chooses the calls that count
 */
public record Fault(Kind kind, long call, boolean sticky, Predicate<DiskCall> where) {

    /** Ways to fail. */
    public enum Kind {
        /** The device reports an error; nothing was done. */
        IO_ERROR,
        /** There is no room; nothing was done. */
        NO_SPACE,
        /** The first half is written, then there is no room. */
        SHORT_WRITE,
        /** The process may have no more files open; nothing was done. */
        TOO_MANY_OPEN,
        /** The calling thread was interrupted, which closed the file underneath. */
        INTERRUPT,
        /** The file is closed, and closing it reports an error. */
        CLOSE_ERROR;

        /** Whether calls of this operation can fail this way. */
        public boolean appliesTo(DiskOperation operation) {
            return switch (this) {
                case IO_ERROR -> !REPORTS_NOTHING.contains(operation);
                case NO_SPACE -> NEEDS_ROOM.contains(operation);
                case TOO_MANY_OPEN -> OPENS_SOMETHING.contains(operation);
                case SHORT_WRITE -> operation == DiskOperation.WRITE;
                case INTERRUPT -> INTERRUPTIBLE.contains(operation);
                case CLOSE_ERROR ->
                        operation == DiskOperation.CLOSE || operation == DiskOperation.UNLOCK;
            };
        }
    }

    private static final Set<DiskOperation> REPORTS_NOTHING =
            Set.of(DiskOperation.EXISTS, DiskOperation.CLOSE, DiskOperation.UNLOCK);

    private static final Set<DiskOperation> NEEDS_ROOM =
            Set.of(
                    DiskOperation.CREATE,
                    DiskOperation.CREATE_DIRECTORIES,
                    DiskOperation.RENAME,
                    DiskOperation.LINK,
                    DiskOperation.LOCK,
                    DiskOperation.WRITE,
                    DiskOperation.PREALLOCATE,
                    DiskOperation.SYNC,
                    DiskOperation.SYNC_DIRECTORY);

    private static final Set<DiskOperation> OPENS_SOMETHING =
            Set.of(
                    DiskOperation.CREATE,
                    DiskOperation.OPEN,
                    DiskOperation.LIST,
                    DiskOperation.LOCK,
                    DiskOperation.SYNC_DIRECTORY);

    private static final Set<DiskOperation> INTERRUPTIBLE =
            Set.of(
                    DiskOperation.WRITE,
                    DiskOperation.READ,
                    DiskOperation.SYNC,
                    DiskOperation.SIZE,
                    DiskOperation.PREALLOCATE,
                    DiskOperation.TRUNCATE,
                    DiskOperation.SYNC_DIRECTORY);

    /** The n-th call of any kind and path fails once. */
    public static Fault once(Kind kind, long call) {
        return new Fault(kind, call, false, _ -> true);
    }

    /** The n-th call of any kind and path fails, and so does every later one. */
    public static Fault from(Kind kind, long call) {
        return new Fault(kind, call, true, _ -> true);
    }

    /** The same fault, counting only some calls. */
    public Fault only(Predicate<DiskCall> filter) {
        return new Fault(kind, call, sticky, filter);
    }

    boolean counts(DiskCall candidate) {
        return kind.appliesTo(candidate.operation()) && where.test(candidate);
    }
}
