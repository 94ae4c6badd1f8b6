/**
 * Many measured runs by the rules of measurement: {@link cordwood.bench.plan.BenchPlan} interleaves
 * them, each in a JVM of its own ({@link cordwood.bench.plan.ProcessLauncher}) and a directory of
 * its own, and tells which of them met another disk.
 *
 * <p>Threading: a plan is confined to one thread; its control may be interrupted from any.
 *
 * <p>It knows no engine and no workload's inside.
 */
package cordwood.bench.plan;
