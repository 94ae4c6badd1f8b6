/**
 * The engines that others are compared with: {@link cordwood.baseline.ModelStore}, the contract in
 * its plainest form. Tests open it on a {@link cordwood.baseline.ModelState}, which outlives the
 * store as a directory would.
 *
 * <p>Threading: stores are thread-safe as the contract asks; a state is guarded by one lock.
 */
package cordwood.baseline;
