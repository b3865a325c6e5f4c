/** How the service, the stores, the spool and the quarantine are, as anybody can see without asking the service: {@link dev.tac8.status.Condition} looks. */
package dev.tac8.status;
