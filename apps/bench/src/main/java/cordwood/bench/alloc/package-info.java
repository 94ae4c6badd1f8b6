/**
 * Allocators side by side: {@code bench alloc}.
 *
 * <p>In reading order: {@link cordwood.bench.alloc.AllocConfig} says what is asked for; {@code
 * Contender} is one thing measured, and {@code Cells} one thread's way into it; {@code
 * ProducerLoop} and {@code ConsumerLoop} are the workload; {@code AllocRun} lets the contenders
 * take turns; {@link cordwood.bench.alloc.AllocPlan} repeats that in fresh JVMs and holds the
 * medians against {@code AllocGates}.
 *
 * <p>Threading: a run has threads of its own, the same for all contenders; everything else is
 * confined to one thread.
 *
 * <p>It knows no store.
 */
package cordwood.bench.alloc;
