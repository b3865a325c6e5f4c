/**
 * Wiring: Camel with its routes and their beans, the breaker, the time limit, and the checks before anything starts.
 */
package dev.tac8.service;
