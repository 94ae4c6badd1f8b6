package cordwood.cli;

import cordwood.store.Metric;
import cordwood.store.StoreMetrics;

/**
 * How much there is in the tables of a store.
 *
 * @param tables how many
 * @param bytes what they take on disk
 */
record TableFigures(long tables, long bytes) {

    static TableFigures of(StoreMetrics metrics) {
        return new TableFigures(metrics.value(Metric.TABLES), metrics.value(Metric.TABLE_BYTES));
    }
}
