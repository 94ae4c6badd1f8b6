/**
 * Random histories of a store, drawn from a seed, replayed on two stores and compared step by step:
 * start at {@link cordwood.testkit.history.HistoryComparison}; {@link
 * cordwood.testkit.history.HistoryShape} says what histories look like, {@link
 * cordwood.testkit.history.HistoryStep} what they are made of.
 */
package cordwood.testkit.history;
