/**
 * The engine {@code lsm}. Read {@link cordwood.lsm.LsmStore} first: it only opens, closes and hands
 * out; then follow a record through {@code .commit}, {@code .wal}, {@code .memtable}, {@code
 * .flush}, {@code .table}, {@code .manifest} and back through {@code .read}. What all files have in
 * common is in {@code .format}, how blocks are compressed in {@code .codec}.
 *
 * <p>Threading: the store is thread-safe. All writing to files is done by its steps; threads of the
 * user only read tables.
 *
 * <p>Knows neither data models nor other engines.
 */
package cordwood.lsm;
