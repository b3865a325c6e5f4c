/** Databases that are written: opening, transactions, volumes, damage, and what is to blame for a write that failed. */
package dev.tac8.store;
