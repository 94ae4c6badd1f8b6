/** Off-heap memory: one budget, chunks, arenas, the sharded small pool, epochs. */
package cordwood.memory;
