/**
 * What tests of every room share: {@link cordwood.testkit.Seed} and its extension, {@link
 * cordwood.testkit.SeededSteps} that replays interleavings, {@link cordwood.testkit.Bytes} and
 * {@link cordwood.testkit.StoreUnderTest} for short test bodies.
 *
 * <p>Test scope only: no product room may depend on it.
 */
package cordwood.testkit;
