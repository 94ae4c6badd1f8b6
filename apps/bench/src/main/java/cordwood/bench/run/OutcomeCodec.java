package cordwood.bench.run;

import cordwood.bench.BenchException;
import cordwood.bench.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What a measuring process tells the one that started it. */
public final class OutcomeCodec {

    private OutcomeCodec() {}

    /** An outcome as an object. */
    public static JsonObject encode(RunOutcome outcome) {
        return new JsonObject()
                .put("run", outcome.run())
                .put("statistics", outcome.statistics())
                .put("failure", outcome.failure())
                .put("interrupted", outcome.interrupted());
    }

    /** A run that did not come about as an object. */
    public static JsonObject encode(BenchException e) {
        return new JsonObject().put("kind", e.kind().name()).put("refused", e.getMessage());
    }

    /**
     * Reads an outcome back.
     *
     * @throws BenchException the one that was told
     */
    public static RunOutcome decode(JsonObject json) {
        requireNotRefused(json);
        @Nullable String failure = json.has("failure") ? json.text("failure") : null;
        return new RunOutcome(
                json.object("run"), json.text("statistics"), failure, json.isTrue("interrupted"));
    }

    /**
     * Throws where a process told that its run did not come about.
     *
     * @throws BenchException the one that was told
     */
    public static void requireNotRefused(JsonObject json) {
        if (json.has("refused")) {
            String message = json.text("refused");
            throw json.text("kind").equals(BenchException.Kind.USAGE.name())
                    ? BenchException.usage(message)
                    : BenchException.failed(message);
        }
    }
}
