/** What operators edit, as it was at one moment: looked at, kept as plain files, and what a service says of the one in force. */
package dev.tac8.generation;
