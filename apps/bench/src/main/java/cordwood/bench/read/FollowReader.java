package cordwood.bench.read;

import cordwood.bench.run.RunControl;
import cordwood.bench.workload.Phase;
import cordwood.store.Order;
import cordwood.store.StreamStore;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Reads what a writer adds, stream by stream and around, from where it was before. Where a whole
 * round found nothing it rests for a moment.
 */
final class FollowReader extends Reader {

    private static final long REST_NANOS = 200_000;

    private final List<HeldStream> streams;
    private final long[] nextPositions;
    private final BooleanSupplier writerIsDone;

    /**
     * @param streams those that this reader follows, from behind their last records on
     */
    FollowReader(
            StreamStore store,
            RecordCheck check,
            RunControl control,
            List<HeldStream> streams,
            BooleanSupplier writerIsDone) {
        super(store, check, control);
        this.streams = streams;
        this.nextPositions = streams.stream().mapToLong(held -> held.last() + 1).toArray();
        this.writerIsDone = writerIsDone;
    }

    /** Ends once the writer is done and everything was read. */
    @Override
    void run(Phase phase) {
        boolean isLastRound = false;
        while (control.failure() == null) {
            boolean found = readRound(phase);
            if (isLastRound) {
                return;
            }
            isLastRound = writerIsDone.getAsBoolean();
            if (!found && !isLastRound) {
                LockSupport.parkNanos(this, REST_NANOS);
            }
        }
    }

    private boolean readRound(Phase phase) {
        boolean found = false;
        for (int i = 0; i < nextPositions.length && control.failure() == null; i++) {
            long next = nextPositions[i];
            long count =
                    read(
                            streams.get(i),
                            next,
                            Long.MAX_VALUE,
                            Order.FORWARD,
                            next,
                            WHATEVER,
                            phase);
            nextPositions[i] += count;
            found |= count > 0;
        }
        return found;
    }
}
