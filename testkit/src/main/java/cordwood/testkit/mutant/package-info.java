/** Tests of the tests: the product with mistakes built in. */
@org.jspecify.annotations.NullMarked
package cordwood.testkit.mutant;
