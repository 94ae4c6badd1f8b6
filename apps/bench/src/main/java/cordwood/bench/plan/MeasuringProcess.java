package cordwood.bench.plan;

import cordwood.bench.BenchException;
import cordwood.bench.json.Json;
import cordwood.bench.json.JsonException;
import cordwood.bench.json.JsonObject;
import cordwood.bench.read.ReadThroughputConfig;
import cordwood.bench.read.ReadThroughputRun;
import cordwood.bench.run.ConfigCodec;
import cordwood.bench.run.Lifeline;
import cordwood.bench.run.OutcomeCodec;
import cordwood.bench.run.RunControl;
import cordwood.bench.run.RunOutcome;
import cordwood.bench.run.WriteThroughputConfig;
import cordwood.bench.write.WriteThroughputRun;
import cordwood.store.StoreException;
import cordwood.store.StoreProvider;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a JVM does that was started to measure one run. */
public final class MeasuringProcess {

    private MeasuringProcess() {}

    /**
     * Measures one run.
     *
     * @param config the run as JSON
     * @param engines finds an engine by name
     * @param lifeline ends when whoever started this process is gone; the run then stops
     * @param control lets others stop the run
     * @param clock the time that records are stamped with
     * @param progress takes lines for people
     * @return the outcome as JSON
     */
    public static String measure(
            String config,
            Function<String, StoreProvider> engines,
            InputStream lifeline,
            RunControl control,
            InstantSource clock,
            Consumer<String> progress) {
        Lifeline.watch(lifeline, control);
        JsonObject outcome;
        try {
            outcome =
                    OutcomeCodec.encode(run(Json.read(config), engines, control, clock, progress));
        } catch (BenchException e) {
            outcome = OutcomeCodec.encode(e);
        } catch (JsonException | StoreException e) {
            outcome = OutcomeCodec.encode(BenchException.usage(String.valueOf(e.getMessage()), e));
        }
        return Json.write(outcome);
    }

    private static RunOutcome run(
            JsonObject config,
            Function<String, StoreProvider> engines,
            RunControl control,
            InstantSource clock,
            Consumer<String> progress) {
        if (config.has(ReadThroughputConfig.KIND_KEY)) {
            ReadThroughputConfig read = ReadThroughputConfig.decode(config);
            StoreProvider engine = engines.apply(read.engine());
            return new ReadThroughputRun(engine, read, control, progress).execute();
        }
        WriteThroughputConfig write = ConfigCodec.decode(config);
        StoreProvider engine = engines.apply(write.engine());
        return new WriteThroughputRun(engine, write, control, clock, progress).execute();
    }
}
