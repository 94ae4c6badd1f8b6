/**
 * The engines that others are compared with. {@link cordwood.baseline.ModelStore} is the contract
 * in its plainest form; tests open it on a {@link cordwood.baseline.ModelState}, which outlives the
 * store as a directory would. {@code noop} is the floor of the harness and {@code rawfile} the
 * floor of the disk; neither can be read back.
 *
 * <p>Threading: stores are thread-safe as the contract asks; a model's state is guarded by one
 * lock, a raw file belongs to the committing step.
 */
package cordwood.baseline;
