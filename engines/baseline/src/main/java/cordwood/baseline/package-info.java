/** The reference model, and the floors of harness and disk. */
package cordwood.baseline;
