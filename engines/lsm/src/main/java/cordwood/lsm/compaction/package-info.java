/**
 * Compaction: tables written anew so that space comes back and reads stay fast. Read {@link
 * cordwood.lsm.compaction.CompactionPicker} for the policy, what is chosen and why; {@link
 * cordwood.lsm.compaction.CompactionJob} for the work; {@link
 * cordwood.lsm.compaction.CompactionScheduler}, the step, for when.
 *
 * <p>Threading: all of it belongs to the step.
 */
package cordwood.lsm.compaction;
