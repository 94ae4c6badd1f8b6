/** What runs against the rewritten classes of the product, and is itself not rewritten. */
@org.jspecify.annotations.NullMarked
package cordwood.memory.fault.inside;
