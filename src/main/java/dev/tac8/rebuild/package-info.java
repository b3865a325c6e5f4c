/** One new database from the acknowledged files alone, and its comparison with what is stored. */
package dev.tac8.rebuild;
