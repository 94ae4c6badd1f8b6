package cordwood.memory;

/** A reservation would have gone over the cap; nothing was reserved. */
public final class BudgetExceeded extends MemoryRefused {
    private static final long serialVersionUID = 1L;

    BudgetExceeded(String owner, long askedBytes, long usedBytes, long capBytes) {
        super(
                "%s asked for %d bytes with %d of %d in use"
                        .formatted(owner, askedBytes, usedBytes, capBytes));
    }
}
