/**
 * One measured run in one process. {@link cordwood.bench.run.WriteThroughputRun} opens a store,
 * puts a loglet server on it, and drives one client per loglet, each with a number of stores under
 * way.
 *
 * <p>Threading: a client is one virtual thread while a phase runs; one platform thread reports.
 * Nothing spins.
 *
 * <p>It knows the contract of a store and loglets, and no engine.
 */
package cordwood.bench.run;
