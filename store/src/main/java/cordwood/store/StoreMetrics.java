package cordwood.store;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A snapshot of an engine's figures. Immutable. */
public final class StoreMetrics {

    private final EnumMap<Metric, Long> values;
    private final SortedMap<String, Long> engine;

    private StoreMetrics(EnumMap<Metric, Long> values, SortedMap<String, Long> engine) {
        this.values = values;
        this.engine = engine;
    }

    /** Starts a snapshot. */
    public static Builder builder() {
        return new Builder();
    }

    /** A figure, 0 where the engine does not report it. */
    public long value(Metric metric) {
        return values.getOrDefault(metric, 0L);
    }

    /** Whether the engine reports a figure. */
    public boolean reports(Metric metric) {
        return values.containsKey(metric);
    }

    /** Everything reported under the common names. */
    public Map<Metric, Long> values() {
        return Collections.unmodifiableMap(values);
    }

    /** The engine's own further figures, by names of its own with the unit last. */
    public SortedMap<String, Long> engine() {
        return Collections.unmodifiableSortedMap(engine);
    }

    /** Gathers a snapshot; for engines. */
    public static final class Builder {
        private final EnumMap<Metric, Long> values = new EnumMap<>(Metric.class);
        private final SortedMap<String, Long> engine = new TreeMap<>();

        private Builder() {}

        /** Reports a common figure. */
        public Builder set(Metric metric, long value) {
            values.put(metric, value);
            return this;
        }

        /** Reports a figure of the engine's own. */
        public Builder engine(String name, long value) {
            engine.put(name, value);
            return this;
        }

        /** Ends the snapshot. */
        public StoreMetrics build() {
            return new StoreMetrics(new EnumMap<>(values), new TreeMap<>(engine));
        }
    }
}
