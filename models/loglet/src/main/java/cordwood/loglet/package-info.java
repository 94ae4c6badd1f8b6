/** Loglets: segments of a replicated log. */
package cordwood.loglet;
