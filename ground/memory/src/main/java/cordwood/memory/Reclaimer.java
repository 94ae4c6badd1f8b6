package cordwood.memory;

/**
 * Somebody who holds memory that he does not use, and gives it back when asked, because somebody
 * else is about to be refused.
 */
@FunctionalInterface
public interface Reclaimer {

    /**
     * Gives back what is held and not used. Called on the thread that is about to be refused, with
     * no lock of this package held, by several threads at once perhaps. It must be short.
     *
     * <p>It may ask for memory itself, but better does not: when it is refused, nobody else is
     * asked on its behalf, since its thread is asking already.
     */
    void giveBack();
}
