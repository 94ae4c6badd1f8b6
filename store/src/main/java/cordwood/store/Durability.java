package cordwood.store;

/** What a completed commit is promised to survive. Each level includes the ones before it. */
public enum Durability {
    /** Applied in memory: survives nothing, but is visible to every later read and still logged. */
    BUFFERED,
    /** Handed to the operating system: survives the death of the process. */
    WRITTEN,
    /** Synced to the device: survives power loss. The default everywhere. */
    DURABLE
}
