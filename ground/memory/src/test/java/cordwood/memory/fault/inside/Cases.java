package cordwood.memory.fault.inside;

import cordwood.memory.fault.Fault;
import cordwood.memory.fault.SweepCase;
import java.util.ArrayList;
import java.util.List;

/** Everything that is swept. Made by reflection, in the class loader that rewrites. */
public final class Cases {

    private Cases() {}

    /** Every operation in every state it can meet. */
    public static List<SweepCase> all() {
        List<SweepCase> cases = new ArrayList<>(Promise.ALL);
        for (State state : State.values()) {
            for (Operation operation : Operation.OF_MEMORY) {
                cases.add(new CallerCase(operation, state, false, 2));
            }
            for (Operation operation : Operation.OF_POOL) {
                cases.add(new CallerCase(operation, state, false, 2));
                cases.add(new CallerCase(operation, state, true, 2));
            }
            cases.add(new CallerCase(Operation.OF_POOL.getFirst(), state, false, 0));
            cases.add(new UpkeepCase(state, true, false));
            cases.add(new UpkeepCase(state, false, false));
        }
        cases.add(new UpkeepCase(State.RETIRED, true, true));
        return cases;
    }

    /** Does everything once, so that no class is loaded where there is no room for it. */
    static void warmUp(long patienceNanos) throws InterruptedException {
        for (Operation operation : Operation.OF_MEMORY) {
            new CallerCase(operation, State.EMPTY, false, 1).run(Fault.none(), patienceNanos);
        }
        for (Operation operation : Operation.OF_POOL) {
            new CallerCase(operation, State.EMPTY, false, 1).run(Fault.none(), patienceNanos);
        }
    }
}
