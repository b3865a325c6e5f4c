package dev.tac8.kafka;

import dev.tac8.ingest.Line;
import dev.tac8.ingest.Lines;
import dev.tac8.store.StatementException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.apache.kafka.clients.producer.RecordMetadata;

/** The lines of a chunk as messages for the topic, and their acknowledgement. */
@BindToRegistry("kafka-edge")
public final class Edge {
    /** What a record is known by that has no id. */
    static final String ID = "tac8-id";
    /** Which readers understand a line. */
    static final String FORMAT = "tac8-format";
    /** That of this tac8. */
    static final int VERSION = 1;
    /** Workers that were seen last; of others a call without a session goes by its worker. */
    private static final int MOST_WORKERS = 10_000;

    private final Map<String, String> sessions = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MOST_WORKERS;
        }
    };

    /** A message for each record. What is of one session goes to one partition, so that joiners seldom meet in a row. */
    public List<Message> messages(@Body Lines chunk, CamelContext context) throws IOException {
        List<Message> messages = new ArrayList<>();
        for (Line line : chunk.lines()) {
            Message message = new DefaultMessage(context);
            message.setBody(line.text());
            message.setHeader(FORMAT, String.valueOf(VERSION));
            if (line.place() != null) {
                message.setHeader(ID, line.place());
            }
            String key = key(line);
            if (key != null) {
                message.setHeader(KafkaConstants.KEY, key);
            }
            messages.add(message);
        }
        return messages;
    }

    private synchronized String key(Line line) {
        boolean named = isNamed(line.session());
        if (!isNamed(line.worker())) {
            return named ? line.session() : null;
        }
        if (named) {
            sessions.put(line.worker(), line.session());
            return line.session();
        }
        return sessions.getOrDefault(line.worker(), line.worker());
    }

    private static boolean isNamed(String id) {
        return id != null && !id.isEmpty();
    }

    /**
     * Counts the chunk as stored, as the broker has told where it keeps each of its records.
     *
     * @throws StatementException if it has not told that of one
     */
    public Lines acknowledged(@Body List<Message> messages, @Variable("chunk") Lines chunk) throws StatementException, IOException {
        for (Message message : messages) {
            requireKept(message);
        }
        chunk.sent(messages.size());
        return chunk;
    }

    /** @throws StatementException if the broker has not told where it keeps a message that was sent */
    static void requireKept(Message message) throws StatementException {
        Object told = message.getHeader(KafkaConstants.KAFKA_RECORD_META);
        boolean kept = told instanceof List<?> list && list.size() == 1 && list.get(0) instanceof RecordMetadata one && one.hasOffset();
        if (!kept) {
            throw new StatementException("the broker has not acknowledged each record: a step or an option of routes/edge-kafka or join-kafka.camel.yaml was changed");
        }
    }
}
