/** Workloads, measurement, reports. */
package cordwood.bench;
