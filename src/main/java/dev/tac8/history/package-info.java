/** History: what agents' own files say of calls and of money, made into records. */
package dev.tac8.history;
