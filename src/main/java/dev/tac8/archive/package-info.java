/**
 * What is old leaves: rows to one database a month, conversations and acknowledged files to
 * compressed ones. The routes are {@code archive*.camel.yaml}; here is what they cannot say.
 */
package dev.tac8.archive;
