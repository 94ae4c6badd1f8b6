/**
 * Room on the calling thread's stack.
 *
 * <p>{@link cordwood.memory.stack.StackRoom} turns a stack overflow in the middle of a change into
 * one before it; {@link cordwood.memory.stack.FirstUse} does beforehand what needs more of it.
 */
package cordwood.memory.stack;
