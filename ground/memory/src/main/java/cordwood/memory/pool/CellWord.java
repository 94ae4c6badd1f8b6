package cordwood.memory.pool;

/**
 * What a slab knows of one cell: its generation in the low half, the next cell of the list it is on
 * in the high half. With a user it is on no list, and the word is just the generation.
 */
final class CellWord {

    /** No next cell. */
    static final int NIL = -1;

    private CellWord() {}

    static long of(int generation, int next) {
        return (long) next << 32 | generation;
    }

    static int generation(long word) {
        return (int) word;
    }

    static int next(long word) {
        return (int) (word >> 32);
    }

    static long withNext(long word, int next) {
        return of(generation(word), next);
    }
}
