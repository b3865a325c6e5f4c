/** Verified copies of every database, made while the databases are being written. */
package dev.tac8.backup;
