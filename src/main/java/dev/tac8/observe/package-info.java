/** What a monitor is told: how everything is, and what to do. The routes are {@code observe-*}. */
package dev.tac8.observe;
