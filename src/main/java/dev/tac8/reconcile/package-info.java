/**
 * The way home for rows that the local store took. The routes are {@code reconcile} and {@code prove}; this package
 * does what routes cannot.
 */
package dev.tac8.reconcile;
