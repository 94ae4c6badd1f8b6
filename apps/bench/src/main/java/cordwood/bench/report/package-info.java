/**
 * What people and machines read: {@link cordwood.bench.report.ResultFile} on disk, {@link
 * cordwood.bench.report.RunTables} of one run, {@link cordwood.bench.report.Comparison} of the
 * stores of one result, {@link cordwood.bench.report.ResultComparison} and {@link
 * cordwood.bench.report.Gate} of two results, by their {@link cordwood.bench.report.Differences}
 * and {@link cordwood.bench.report.Verdict}s. What a run's durability was is decided in {@link
 * cordwood.bench.report.ShownDurability}.
 *
 * <p>Threading: everything is confined to one thread at a time.
 *
 * <p>It knows results and measures nothing.
 */
package cordwood.bench.report;
