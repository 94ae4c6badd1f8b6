package cordwood.memory.fault;

/** An operation in a prepared state, which a fault is thrown into. */
public interface SweepCase {

    /** What it is. */
    String name();

    /** Whether no Error is to be thrown into it. */
    default boolean isPromise() {
        return false;
    }

    /** Whether the fault goes to the product's own threads. */
    boolean isBackground();

    /**
     * Prepares, lets the fault come out of the operation, and checks all invariants.
     *
     * @param patienceNanos a bound against hanging only
     * @throws AssertionError when one does not hold
     */
    void run(Fault fault, long patienceNanos) throws InterruptedException;
}
