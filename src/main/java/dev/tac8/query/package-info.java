/**
 * Databases that are only read: both stores and the months of the archive as one, the questions in
 * {@code sql/query}, and their answers.
 */
package dev.tac8.query;
