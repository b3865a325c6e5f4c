/** What workers said, read from their own files, which may be old, large or torn. */
package dev.tac8.conversation;
