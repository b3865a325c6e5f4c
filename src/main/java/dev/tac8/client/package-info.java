/** The logger for programs that coordinate agents. It needs nothing else of tac8. */
package dev.tac8.client;
