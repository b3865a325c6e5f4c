/**
 * Witnesses of the same money: what agents, their telemetry and other tools say of what list prices make of the calls.
 *
 * <p>A package of its own, as it stands above {@code dev.tac8.history}, {@code dev.tac8.price} and {@code dev.tac8.query}, and none of these needs it: it reads files
 * of others, and rows of the stores, and stores nothing. It is in no route, and may be wrong or gone without a sum becoming another.
 */
package dev.tac8.witness;
