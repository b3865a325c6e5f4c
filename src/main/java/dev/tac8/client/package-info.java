/** The logger for programs that coordinate agents. clients/java makes it a jar, which holds what it needs of tac8. */
package dev.tac8.client;
