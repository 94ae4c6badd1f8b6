/**
 * Codecs: how the payload of a table's block is compressed. {@link cordwood.lsm.codec.Codec} is the
 * registry, {@link cordwood.lsm.codec.Coder} does the work, and a {@link
 * cordwood.lsm.codec.CodecProvider} brings a codec that needs native code, which nothing here does.
 *
 * <p>Threading: a coder belongs to one thread; all else is thread-safe. Knows neither blocks nor
 * files.
 */
package cordwood.lsm.codec;
