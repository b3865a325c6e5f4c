/** Copies of every database, made while it is written, and verified. */
package dev.tac8.backup;
