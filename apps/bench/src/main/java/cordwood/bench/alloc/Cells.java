package cordwood.bench.alloc;

/**
 * One thread's way into an allocator. Cells are kept in slots, of whatever kind suits the
 * allocator, so that no allocator pays for another's form of cells.
 *
 * <p>Confined to one thread. Implementations are templates for {@link OwnCode}: no inner classes.
 *
 * @param <S> many slots
 */
interface Cells<S> {

    /** Slots without cells. */
    S newSlots(int count);

    /** Puts a new cell into a slot. */
    void allocate(S slots, int slot, int bytes);

    /** Writes to the cell in a slot, as its user would. */
    void touch(S slots, int slot);

    /** Frees the cell in a slot, where there is one; the slot's content is of no use after. */
    void free(S slots, int slot);

    /** Hands the cell in a slot over to another slot. */
    void move(S from, int fromSlot, S to, int toSlot);

    /** Lets readers find the cell in a slot, until {@link #unpublish()}. */
    default void publish(S slots, int slot) {}

    /** Readers that are not pinned yet find nothing any more. */
    default void unpublish() {}

    /** Ends this way in; by the thread that used it. */
    default void close() {}
}
