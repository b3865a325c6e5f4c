/**
 * A replica of a PostgreSQL database: a file of SQLite that follows it, and is asked in its place. The routes are {@code replica}; this package
 * does what routes cannot.
 */
package dev.tac8.replica;
