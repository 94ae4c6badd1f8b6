/**
 * JSON as trees: {@link cordwood.bench.json.JsonObject} is what result files, and the messages
 * between a bench and the processes it measures in, are made of.
 *
 * <p>Threading: objects are confined to one thread at a time.
 */
package cordwood.bench.json;
