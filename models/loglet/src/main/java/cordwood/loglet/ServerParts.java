package cordwood.loglet;

/** What the workers of one server share. Each part is thread-safe. */
record ServerParts(Door door, ReaderPool readers, BatchPool batches, WriteTurns turns) {}
