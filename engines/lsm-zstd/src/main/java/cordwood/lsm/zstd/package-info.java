/**
 * The codec {@code zstd}, for who grants native access to the library that it calls. {@link
 * cordwood.lsm.zstd.ZstdProvider} is found by the engine and says whether it can be used; {@code
 * ZstdCoder} does the work.
 */
package cordwood.lsm.zstd;
