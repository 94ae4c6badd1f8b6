package cordwood.lsm.inspect;

import java.nio.file.Path;

/**
 * Something of a store that could not be saved.
 *
 * @param file where it was
 * @param fromOffset where in the file it starts, or -1 where no offset applies
 * @param toOffset where it ends, exclusive, or -1
 * @param what what is missing, in words
 */
public record Loss(Path file, long fromOffset, long toOffset, String what) {}
