/**
 * Looks at the files of a store that nobody has open, and changes nothing: {@link
 * cordwood.lsm.inspect.LsmInspection} verifies a store or dumps its files. Every file is read by
 * the same readers that the engine opens it with; here is only what is asked of them and how the
 * answers are worded.
 *
 * <p>Threading: an inspection is done on a thread of its own, one at a time.
 *
 * <p>Knows all formats by their readers, and nothing of memtables, steps or commits.
 */
package cordwood.lsm.inspect;
