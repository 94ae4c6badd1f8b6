package cordwood.bench.report;

import cordwood.bench.json.JsonObject;
import cordwood.store.Durability;
import java.util.List;

/**
 * What the acknowledgements of a run were worth: the level that was asked for, as far as the engine
 * can have given it by the bytes it wrote to its log and the syncs it made.
 */
public final class ShownDurability {

    /** Weakest first; the first stores nothing. */
    static final List<String> LEVELS = List.of("NONE", "BUFFERED", "WRITTEN", "DURABLE");

    private ShownDurability() {}

    /**
     * The level that a phase shows. A group is acknowledged after a sync of its own, so fewer syncs
     * than groups leave some uncovered; without a log nothing outlives the process.
     *
     * @param asked what every acknowledgement was to survive
     * @param groups groups acknowledged
     * @param walBytes written to the log meanwhile, 0 where the engine does not tell
     * @param walSyncs of the log meanwhile, 0 where the engine does not tell
     */
    public static Durability of(Durability asked, long groups, long walBytes, long walSyncs) {
        if (groups == 0) {
            return asked;
        }
        Durability shown = Durability.DURABLE;
        if (walBytes == 0) {
            shown = Durability.BUFFERED;
        } else if (walSyncs < groups) {
            shown = Durability.WRITTEN;
        }
        return asked.compareTo(shown) < 0 ? asked : shown;
    }

    /** The weakest level that any of these runs has. */
    static String weakest(List<JsonObject> runs) {
        int weakest = LEVELS.size() - 1;
        for (JsonObject run : runs) {
            weakest = Math.min(weakest, LEVELS.indexOf(Tables.text(run.find("durability"))));
        }
        return weakest < 0 ? "unknown" : LEVELS.get(weakest);
    }

    /** Relabels a run of a file that says what was asked for: older benches did not look. */
    static void relabel(JsonObject run) {
        if (!(run.find("config.durability") instanceof String asked)
                || !(run.find("durability") instanceof String told)
                || !run.has("io.wal_syncs")) {
            return;
        }
        boolean tellsGroups = run.has("engine.commit_groups");
        long groups = run.whole(tellsGroups ? "engine.commit_groups" : "batches");
        Durability shown =
                of(
                        Durability.valueOf(asked),
                        groups,
                        run.whole("io.wal_bytes"),
                        run.whole("io.wal_syncs"));
        if (LEVELS.indexOf(shown.name()) < LEVELS.indexOf(told)) {
            run.put("durability", shown.name());
        }
    }
}
