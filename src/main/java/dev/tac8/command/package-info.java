/** The command line: options in, words and exit codes out. What is asked and done is in the other packages. */
package dev.tac8.command;
