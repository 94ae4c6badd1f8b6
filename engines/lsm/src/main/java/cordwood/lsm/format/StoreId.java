package cordwood.lsm.format;

import java.util.UUID;

/** Which store a file belongs to: drawn when the store is created, in every header since. */
public record StoreId(long high, long low) {

    /** A new identity. */
    public static StoreId random() {
        UUID uuid = UUID.randomUUID();
        return new StoreId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return new UUID(high, low).toString();
    }
}
