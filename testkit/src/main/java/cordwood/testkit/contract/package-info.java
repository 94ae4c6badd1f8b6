/**
 * The contract of a store as a test. An engine's test extends {@link
 * cordwood.testkit.contract.StreamStoreContract}; the chapters are the other types here.
 */
package cordwood.testkit.contract;
