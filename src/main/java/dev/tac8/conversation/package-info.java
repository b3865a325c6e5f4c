/** What workers said, read from their own files, however old, large or torn these are. */
package dev.tac8.conversation;
