package cordwood.cli;

import java.io.PrintWriter;

/**
 * What one run of the command line works with.
 *
 * @param out what people and pipes read: results
 * @param err errors, progress, logging
 * @param configuration values given by environment and file
 * @param interruption tells the command when to stop early
 */
record Session(
        PrintWriter out, PrintWriter err, Configuration configuration, Interruption interruption) {}
