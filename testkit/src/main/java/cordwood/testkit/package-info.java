/** Test scope only: contract test, faulty files, seeded generators. */
package cordwood.testkit;
