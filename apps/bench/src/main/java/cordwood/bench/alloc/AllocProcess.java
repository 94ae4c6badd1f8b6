package cordwood.bench.alloc;

import cordwood.bench.BenchException;
import cordwood.bench.json.Json;
import cordwood.bench.json.JsonException;
import cordwood.bench.run.Lifeline;
import cordwood.bench.run.OutcomeCodec;
import cordwood.bench.run.RunControl;
import java.io.InputStream;
import java.util.function.Consumer;

/** What a JVM does that was started to measure allocators. */
public final class AllocProcess {

    private AllocProcess() {}

    /**
     * Measures one run.
     *
     * @param config the run as JSON
     * @param lifeline ends when whoever started this process is gone; the run then stops
     * @param control lets others stop the run
     * @param progress takes lines for people
     * @return what came out, as JSON
     */
    public static String measure(
            String config, InputStream lifeline, RunControl control, Consumer<String> progress) {
        Lifeline.watch(lifeline, control);
        try {
            AllocConfig decoded = AllocConfigCodec.decode(Json.read(config));
            return Json.write(new AllocRun(decoded, control, progress).execute());
        } catch (BenchException e) {
            return Json.write(OutcomeCodec.encode(e));
        } catch (JsonException e) {
            return Json.write(
                    OutcomeCodec.encode(BenchException.usage(String.valueOf(e.getMessage()), e)));
        }
    }
}
