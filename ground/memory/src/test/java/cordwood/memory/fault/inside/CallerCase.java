package cordwood.memory.fault.inside;

import cordwood.memory.MemoryRefused;
import cordwood.memory.fault.Fault;
import cordwood.memory.fault.FaultThread;
import cordwood.memory.fault.SweepCase;
import cordwood.memory.pool.LocalPool;

/** A fault that comes out of an operation on its caller's thread. */
record CallerCase(Operation operation, State state, boolean checked, int shards)
        implements SweepCase {

    @Override
    public String name() {
        return "%s, %s, %d shards%s"
                .formatted(operation.name(), state, shards, checked ? ", checked" : "");
    }

    @Override
    public boolean isBackground() {
        return false;
    }

    @Override
    public void run(Fault fault, long patienceNanos) throws InterruptedException {
        Stand stand = new Stand(checked, shards, patienceNanos);
        Invariants invariants = new Invariants(stand, name() + ", " + fault, patienceNanos);
        invariants.closing(operation);
        FaultThread.run(
                name(),
                fault,
                patienceNanos,
                () -> {
                    prepare(stand);
                    operate(stand, fault);
                    if (!operation.closesPool()) {
                        invariants.use();
                        stand.locals.forEach(LocalPool::close);
                    }
                    return true;
                });
        invariants.check();
    }

    private void prepare(Stand stand) throws InterruptedException {
        if (state.comesLast()) {
            operation.before().on(stand);
            state.prepare(stand);
        } else {
            state.prepare(stand);
            operation.before().on(stand);
        }
    }

    private void operate(Stand stand, Fault fault) throws InterruptedException {
        fault.arm();
        try {
            operation.step().on(stand);
        } catch (MemoryRefused _) {
            // As good an answer as the Error, when memory is short.
        } catch (Error error) {
            if (!fault.isLike(error) || fault.thrown() == 0) {
                throw error;
            }
        } finally {
            fault.disarm();
        }
    }
}
