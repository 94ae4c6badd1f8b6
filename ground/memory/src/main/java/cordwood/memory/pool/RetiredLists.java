package cordwood.memory.pool;

/**
 * Where a pool links its retired cells, in words they have anyway: two lists, called generations 0
 * and 1. {@code push}, {@code pop} and {@code pushAgain} are called under the lock of {@link
 * RetiredCells}; {@code bytes} and {@code free} without it, of cells that only the caller has.
 */
interface RetiredLists {

    /**
     * Marks a live cell as retired and puts it on the list of a generation, in one step.
     *
     * @return the cell's bytes
     * @throws BadHandle when it is not live or retired already; nothing has changed then, nor with
     *     any other failure
     */
    int push(int generation, long handle);

    /**
     * Puts a cell that {@link #pop} answered back on a list.
     *
     * @throws BadHandle when it is not live and marked any more; nothing has changed then
     */
    void pushAgain(int generation, long handle);

    /**
     * Takes a cell off the list of a generation, or changes nothing by failing.
     *
     * @return its handle, still live and marked; 0 when the list is empty
     */
    long pop(int generation);

    /** The bytes of a cell that {@link #pop} answered, as {@link #push} did. */
    int bytes(long handle);

    /**
     * Ends the life of a cell that {@link #pop} answered. A {@link RuntimeException} says that the
     * cell was not to be freed and is gone; an {@link Error}, that it is as before.
     *
     * @return whether it did; if not, somebody still uses the cell, and it is as before
     */
    boolean free(long handle);
}
