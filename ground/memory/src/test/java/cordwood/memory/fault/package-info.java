/** Errors thrown into every point of every operation, and what must hold afterwards. */
@org.jspecify.annotations.NullMarked
package cordwood.memory.fault;
