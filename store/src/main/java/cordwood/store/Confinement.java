package cordwood.store;

/** The thread that a cursor belongs to: for engines, which refuse the others. Thread-safe. */
public final class Confinement {

    private final Thread owner = Thread.currentThread();

    /** To the calling thread. */
    public Confinement() {}

    /**
     * Lets the owner pass.
     *
     * @throws StoreException.Invalid when another thread calls
     */
    public void require() {
        Thread caller = Thread.currentThread();
        if (!caller.equals(owner)) {
            throw new StoreException.Invalid(
                    "a cursor belongs to the thread that opened it, %s, and not to %s"
                            .formatted(owner.getName(), caller.getName()));
        }
    }
}
