/**
 * Stores made of the files of others: {@link cordwood.lsm.checkpoint.Checkpointer} makes a
 * checkpoint of an open store, out of the tables that {@link cordwood.lsm.checkpoint.TablePins}
 * keeps for it; {@link cordwood.lsm.checkpoint.StoreCopy} is what a checkpoint and a restore have
 * in common: files linked or copied into a {@link cordwood.lsm.checkpoint.TargetDirectory}, the
 * manifest last.
 *
 * <p>Threading: a checkpointer belongs to its step, a copy to one thread; the pins are shared.
 */
package cordwood.lsm.checkpoint;
