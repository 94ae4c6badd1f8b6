/**
 * Room on the calling thread's stack.
 *
 * <p>{@link cordwood.memory.stack.StackRoom} turns a stack overflow in the middle of a change into
 * one before it.
 */
package cordwood.memory.stack;
