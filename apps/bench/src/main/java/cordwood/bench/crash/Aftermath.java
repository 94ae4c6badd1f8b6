package cordwood.bench.crash;

import cordwood.store.Durability;

/** What becomes of the files of a process once it was killed. */
public interface Aftermath {

    /** The operating system goes on, and has everything that was written. */
    Aftermath NONE =
            new Aftermath() {
                @Override
                public Durability survivor() {
                    return Durability.WRITTEN;
                }

                @Override
                public void come() {
                    // nothing else happens
                }
            };

    /** The lowest level whose acknowledgements hold afterwards. */
    Durability survivor();

    /** Comes, once the process is gone. */
    void come();
}
