/**
 * The contract of a store. Read {@link cordwood.store.StreamStore} first, then {@link
 * cordwood.store.WriteBatch}, {@link cordwood.store.Commit}, {@link cordwood.store.Cursor} and
 * {@link cordwood.store.StoreException}; for writing an engine, {@link
 * cordwood.store.StoreProvider}, {@link cordwood.store.GroupCommitter}, {@link
 * cordwood.store.Closing} and {@link cordwood.store.StepExecutor}.
 *
 * <p>Threading: stores and committers are thread-safe; batches and cursors belong to one thread at
 * a time; background work runs as steps on an injected executor.
 *
 * <p>It knows no engine, no file and no data model.
 */
package cordwood.store;
