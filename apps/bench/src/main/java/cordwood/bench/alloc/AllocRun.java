package cordwood.bench.alloc;

import cordwood.bench.json.JsonObject;
import cordwood.bench.measure.CpuFloor;
import cordwood.bench.run.RunControl;
import cordwood.memory.MemoryRefused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run in this process: the contenders take short turns on the same threads, so that whatever
 * disturbs the machine disturbs all of them.
 *
 * <p>Use once, from one thread; {@link RunControl#interrupt()} may come from any.
 */
final class AllocRun {

    private static final long REPORT_NANOS = 5_000_000_000L;

    private final AllocConfig config;
    private final RunControl control;
    private final Consumer<String> progress;
    private @Nullable String failure;

    AllocRun(AllocConfig config, RunControl control, Consumer<String> progress) {
        this.config = config;
        this.control = control;
        this.progress = progress;
    }

    /** Runs to the end, or to the interrupt; answers what was measured until then. */
    JsonObject execute() {
        int threads = config.concurrency() * (config.handsOver() ? 2 : 1);
        List<Entrant> entrants = new ArrayList<>();
        try (Crew crew = new Crew(threads)) {
            CpuFloor before = CpuFloor.measure();
            try {
                for (String name : config.allocators()) {
                    entrants.add(new Entrant(Contenders.named(name), config, crew));
                }
                entrants.add(new Entrant(new EmptyContender(), config, crew));
                takeTurns(entrants, turns(config.warmup()), "warming up");
                entrants.forEach(Entrant::beginMeasuring);
                takeTurns(entrants, turns(config.measured()), "measuring");
            } catch (MemoryRefused refused) {
                failure = "an allocation was refused: " + refused.getMessage();
            }
            CpuFloor after = CpuFloor.measure();
            JsonObject outcome = AllocReport.of(config, entrants, before, after);
            entrants.forEach(Entrant::close);
            return outcome.put("failure", failure).put("interrupted", control.isInterrupted());
        }
    }

    /** A turn is two slices. */
    private long turns(Duration time) {
        return Math.max(1, Math.ceilDiv(time.toNanos(), 2 * config.slice().toNanos()));
    }

    /** One turn each before any has another, in reverse order every second time. */
    private void takeTurns(List<Entrant> entrants, long turns, String what) {
        List<Entrant> reversed = new ArrayList<>(entrants);
        Collections.reverse(reversed);
        long reportedNanos = System.nanoTime();
        for (long turn = 0; turn < turns && !control.isInterrupted(); turn++) {
            (turn % 2 == 0 ? entrants : reversed).forEach(Entrant::takeTurn);
            if (System.nanoTime() - reportedNanos > REPORT_NANOS) {
                reportedNanos = System.nanoTime();
                progress.accept("  %s: turn %d of %d".formatted(what, turn + 1, turns));
            }
        }
    }
}
