package cordwood.testkit.crash;

import cordwood.store.StoreException;
import cordwood.testkit.crash.Oracle.Promise;
import cordwood.testkit.disk.CrashingDisk;
import cordwood.testkit.disk.KillPoint;
import cordwood.testkit.disk.PendingChange;
import cordwood.testkit.disk.RecordingDisk;
import cordwood.testkit.disk.Survival;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Every state that a power loss or the death of the process can leave, for every short workload: at
 * each changing call of the disk, the changes that were not synced survive all, not at all, each
 * alone, all but each, each torn, and each pair alone, which stands for any reordering.
 */
public final class CrashStates {

    /**
     * What was looked at.
     *
     * @param workloads short workloads
     * @param boundaries moments between two calls of the disk
     * @param states different states that were opened and compared
     * @param calls what was called at those moments, as a {@link KillPoint} names it
     */
    public record Tally(int workloads, int boundaries, int states, Set<String> calls) {}

    private static final int PAIRS_OF_CHANGES_MAX = 10;

    private record State(CrashingDisk disk, Oracle oracle, Promise promise, String description) {}

    private final StoreOpener opener;
    private final int stride;
    private final Set<String> calls = new TreeSet<>();
    private int skipped;
    private int boundaries;
    private int states;

    private CrashStates(StoreOpener opener, int stride) {
        this.opener = opener;
        this.stride = stride;
    }

    /**
     * Tries all workloads of up to so many calls.
     *
     * @throws AssertionError naming the workload, the moment and the state that broke a promise
     */
    public static Tally run(StoreOpener opener, int callsMax) {
        CrashStates search = new CrashStates(opener, 1);
        List<List<Script>> workloads = Script.workloads(callsMax);
        workloads.forEach(search::run);
        return search.tally(workloads.size());
    }

    /**
     * Tries the states within those calls of a life at which the store works by itself, merges or
     * makes a copy, at every {@code stride}-th moment.
     *
     * @param first the first of these moments, from 0
     * @throws AssertionError naming the calls, the moment and the state that broke a promise
     */
    public static Tally run(StoreOpener opener, Life life, int first, int stride) {
        CrashStates search = new CrashStates(opener, stride);
        search.skipped = stride - first;
        List<Script> calls = life.calls();
        int looked = 0;
        for (int i = 0; i < calls.size(); i++) {
            switch (calls.get(i)) {
                case REOPEN, REST, REST_LATER, COMPACT, CHECKPOINT -> {
                    search.run(calls.subList(0, i + 1));
                    looked++;
                }
                default -> {}
            }
        }
        return search.tally(looked);
    }

    private Tally tally(int workloads) {
        return new Tally(workloads, boundaries, states, calls);
    }

    /** Tries the states within the last call: those within earlier ones belong to shorter ones. */
    private void run(List<Script> workload) {
        CrashingDisk disk = new CrashingDisk(1);
        Oracle oracle = new Oracle();
        Map<Long, State> found = new LinkedHashMap<>();
        boolean[] collecting = {workload.isEmpty()};
        RecordingDisk recording =
                new RecordingDisk(
                        disk,
                        entry -> {
                            if (collecting[0]) {
                                calls.add(KillPoint.name(entry.call()));
                                if ((skipped + boundaries++) % stride == 0) {
                                    collect(disk, oracle, workload + " after " + entry, found);
                                }
                            }
                        });
        Session session = new Session(opener, recording, oracle, 1);
        session.open();
        for (int i = 0; i < workload.size(); i++) {
            collecting[0] = i == workload.size() - 1;
            workload.get(i).on(session, i + 1);
        }
        if (stride == 1) {
            collect(disk, oracle, workload + " at the end", found);
        }
        collecting[0] = false;
        session.abandon();
        found.values().forEach(this::check);
    }

    private static void collect(
            CrashingDisk disk, Oracle oracle, String moment, Map<Long, State> found) {
        Oracle frozen = oracle.frozen();
        List<PendingChange> pending = disk.pending();
        add(disk, frozen, Promise.PROCESS_DEATH, moment, Set.copyOf(pending), Set.of(), found);
        for (Set<PendingChange> kept : choices(pending)) {
            add(disk, frozen, Promise.POWER_LOSS, moment, kept, Set.of(), found);
        }
        for (PendingChange torn : pending) {
            if (torn.kind() == PendingChange.Kind.BLOCK) {
                Set<PendingChange> others = new HashSet<>(pending);
                others.remove(torn);
                add(disk, frozen, Promise.POWER_LOSS, moment, others, Set.of(torn), found);
            }
        }
    }

    private static void add(
            CrashingDisk disk,
            Oracle frozen,
            Promise promise,
            String moment,
            Set<PendingChange> kept,
            Set<PendingChange> torn,
            Map<Long, State> found) {
        CrashingDisk crashed = disk.crash(Survival.exactly(orders(kept), orders(torn)));
        String description = moment + ", kept " + kept + (torn.isEmpty() ? "" : ", torn " + torn);
        found.putIfAbsent(
                crashed.fingerprint() * 31 + frozen.promised(promise),
                new State(crashed, frozen, promise, description));
    }

    private static Set<Long> orders(Set<PendingChange> changes) {
        Set<Long> orders = new HashSet<>();
        changes.forEach(change -> orders.add(change.order()));
        return orders;
    }

    private static List<Set<PendingChange>> choices(List<PendingChange> pending) {
        List<Set<PendingChange>> choices = new ArrayList<>();
        choices.add(Set.of());
        for (int i = 0; i < pending.size(); i++) {
            choices.add(Set.of(pending.get(i)));
            Set<PendingChange> others = new HashSet<>(pending);
            others.remove(pending.get(i));
            choices.add(others);
            for (int j = 0; j < i && pending.size() <= PAIRS_OF_CHANGES_MAX; j++) {
                choices.add(Set.of(pending.get(i), pending.get(j)));
            }
        }
        return choices;
    }

    private void check(State state) {
        states++;
        try {
            Oracle oracle = state.oracle.frozen();
            Session session = new Session(opener, state.disk, oracle, 1);
            session.open();
            session.recovered(state.promise);
            requireKept(state.disk.crash(Survival.exactly(Set.of(), Set.of())), oracle.frozen());
            requireService(session);
            session.close();
            requireKept(state.disk, oracle);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(state.description + "\n" + e.getMessage(), e);
        }
    }

    /** A full disk refuses puts, and never the trim that makes room for some. */
    private static void requireService(Session session) {
        try {
            Script.APPEND_DURABLE.on(session, 1_000);
        } catch (StoreException.Full e) {
            Script.TRIM_ALL.on(session, 1_001);
            FailureSweep.appendAfterRefusals(session, 1_002);
        }
    }

    private void requireKept(CrashingDisk disk, Oracle oracle) {
        Session session = new Session(opener, disk, oracle, 1);
        session.open();
        session.check(Promise.POWER_LOSS);
        session.close();
    }
}
