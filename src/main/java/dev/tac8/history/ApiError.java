package dev.tac8.history;

import java.time.Instant;

/**
 * An error of a model's API.
 *
 * @param id      its identity
 * @param agent   a word such as {@code claude}
 * @param session the agent's own name for the session
 * @param time    when it was answered
 * @param status  of HTTP, or null
 * @param attempt which attempt failed, or null
 */
record ApiError(String id, String agent, String session, Instant time, Long status, Long attempt) {
}
