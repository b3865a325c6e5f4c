/** HTTP for routes that begin at {@code platform-http:}, on the JDK's own server. */
package dev.tac8.http;
