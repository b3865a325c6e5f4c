/**
 * Wiring: Camel with its routes and their beans, the breaker, the time limit, and what is checked
 * before anything starts.
 */
package dev.tac8.service;
