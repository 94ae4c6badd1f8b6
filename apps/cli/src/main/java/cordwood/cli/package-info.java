/** Commands, configuration, packaging. */
package cordwood.cli;
