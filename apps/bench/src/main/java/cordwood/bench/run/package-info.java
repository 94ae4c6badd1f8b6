/**
 * What a measured run is: its configuration ({@link cordwood.bench.run.RunConfig}), what ends it
 * early, and what came of it, each of them for the way into a process of its own and back.
 *
 * <p>Threading: values, but for the control, which is thread-safe.
 *
 * <p>It knows no engine, and not how anything is run.
 */
package cordwood.bench.run;
