package cordwood.store;

/**
 * A namespace of streams, claimed by one data model, so that two models can share a store without
 * their stream numbers meeting.
 *
 * @param id the stored identity, 1 to 254; it never changes once data was written
 * @param name what people see in tools and messages
 */
public record Space(int id, String name) {

    /** Checks the range of the identity. */
    public Space {
        if (id < 1 || id > 254) {
            throw new StoreException.Invalid("space id " + id + " is outside 1 to 254");
        }
        if (name.isBlank()) {
            throw new StoreException.Invalid("space " + id + " has no name");
        }
    }
}
