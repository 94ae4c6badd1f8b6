package cordwood.memory.pool;

import cordwood.memory.HandlesRefused;
import java.util.Arrays;

/**
 * The numbers of one pool's slabs, and the generation that the slab of each begins with. Guarded by
 * its {@link SlabTable}.
 *
 * <p>A number is given to one slab at a time, and the next slab of it begins where the last one
 * ended: no handle is issued twice. A number whose generations have come to their end waits until
 * every other that is not in use has come to its own, and begins anew then. A pool starts with half
 * a million lives left at least, so that this comes after some 2<sup>39</sup> lives, a million
 * numbers' worth; then the number that has waited longest is the first.
 */
final class SlabNumbers {

    /*
     * What giving a number back needs is taken when the number is new: it allocates nothing. Numbers
     * that are not in use are linked, in a stack of those to use next and a queue of those used up.
     */

    private static final int NONE = -1;

    /** A slab must not begin behind: its cells may use up what a state can count. */
    private static final int BASE_MAX = Handle.GENERATION_END - CellState.DELTA_END;

    private final int firstGeneration;
    private final int countMax;
    private int count;
    private int[] generations = new int[64];
    private int[] links = new int[64];
    private int firstFree = NONE;
    private int firstUsedUp = NONE;
    private int lastUsedUp = NONE;
    private int generationReached;

    SlabNumbers(int firstGeneration, int countMax) {
        this.firstGeneration = firstGeneration;
        this.countMax = countMax;
        this.generationReached = firstGeneration;
    }

    /**
     * The number to {@link #take} next.
     *
     * @throws HandlesRefused when all are in use
     */
    int next() {
        if (firstFree != NONE) {
            return firstFree;
        }
        if (count < countMax) {
            makeRoom();
            return count;
        }
        if (firstUsedUp != NONE) {
            return firstUsedUp;
        }
        throw new HandlesRefused(countMax);
    }

    private void makeRoom() {
        if (count == links.length) {
            int[] moreLinks = Arrays.copyOf(links, count * 2);
            generations = Arrays.copyOf(generations, count * 2);
            links = moreLinks;
        }
    }

    /** Takes the number that {@link #next} has just answered: the generation it begins with. */
    int take(int number) {
        if (number == firstFree) {
            firstFree = links[number];
            return generations[number];
        }
        if (number == count) {
            count++;
        } else {
            firstUsedUp = links[number];
        }
        return firstGeneration;
    }

    /** Gives a number back whose slab has reached a generation, which is even. */
    void giveBack(int number, int generation) {
        if (generation > generationReached) {
            generationReached = generation;
        }
        if (generation <= BASE_MAX) {
            generations[number] = generation;
            links[number] = firstFree;
            firstFree = number;
            return;
        }
        links[number] = NONE;
        if (firstUsedUp == NONE) {
            firstUsedUp = number;
        } else {
            links[lastUsedUp] = number;
        }
        lastUsedUp = number;
    }

    /** No slab whose number was given back has issued a handle of a higher one. */
    int generationReached() {
        return generationReached;
    }
}
