/**
 * The records a workload writes: made up from a seed ({@link cordwood.bench.payload.PayloadSpec}),
 * read from a payload file, or taken from the lines of a text file ({@link
 * cordwood.bench.payload.PayloadSource}), and built into a {@link
 * cordwood.bench.payload.PayloadPool} before anything is measured.
 *
 * <p>Threading: building is confined to one thread; a pool is immutable.
 *
 * <p>It knows no store and no clock.
 */
package cordwood.bench.payload;
