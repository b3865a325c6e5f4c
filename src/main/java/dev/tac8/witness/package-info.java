/** Witnesses of the same money: what agents, their telemetry and other tools say of what list prices make of the calls. */
package dev.tac8.witness;
