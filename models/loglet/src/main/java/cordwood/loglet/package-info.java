/**
 * Loglets: segments of a replicated log. Read {@link cordwood.loglet.Request} and {@link
 * cordwood.loglet.Response} first, then {@link cordwood.loglet.LogletServer} and {@link
 * cordwood.loglet.LogletWorker}.
 *
 * <p>Threading: requests may come from any thread; one step per loglet takes them in order and is
 * the only one that changes the loglet's state; reads run on threads of their own.
 *
 * <p>It knows no engine, no network and no replication: a sequencer elsewhere gives out offsets.
 */
package cordwood.loglet;
