/** What names Kafka's classes: an edge sends the lines of files to a topic, and a joiner stores them. Nothing else may use this package. */
package dev.tac8.kafka;
