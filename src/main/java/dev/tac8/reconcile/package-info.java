/**
 * The way home for what the local store took. The routes are {@code reconcile} and {@code prove};
 * here is what they cannot say.
 */
package dev.tac8.reconcile;
