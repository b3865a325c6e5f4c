package dev.tac8.kafka;

import dev.tac8.ingest.Batch;
import dev.tac8.ingest.Chunk;
import dev.tac8.ingest.RecordFormat;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.text.Sparingly;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.apache.camel.support.DefaultMessage;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What came of the topic as a chunk for a store, what that refuses, and how far the group has come. */
@BindToRegistry("kafka-join")
public final class Join {
    /** Why the store refuses a line. */
    static final String REASON = "tac8-reason";
    private static final String NEXT = ", so nothing behind it is stored: if a newer tac8 has sent it, update tac8 here; if it is no line of tac8's, have kafka-consumer-groups.sh"
            + " --reset-offsets pass over it";

    private static final Logger LOG = LoggerFactory.getLogger("join-batch");

    private final RecordFormat format = new RecordFormat();
    private final Sparingly sparingly = new Sparingly();

    /**
     * Reads the lines of a batch.
     *
     * @throws StoreException if one was not sent by a tac8 that this one understands; none is passed over
     */
    public Batch read(@Variable("batch") List<Exchange> batch) throws StoreException {
        List<Batch.Arrived> lines = new ArrayList<>(batch.size());
        for (Exchange one : batch) {
            Message message = one.getMessage();
            String version = text(message, Edge.FORMAT);
            if (!String.valueOf(Edge.VERSION).equals(version) || !(message.getBody() instanceof byte[])) {
                throw new StoreException(where(message) + (version == null ? " has no header " + Edge.FORMAT : " is of format " + version) + ", which this tac8 does not know" + NEXT);
            }
            lines.add(new Batch.Arrived((byte[]) message.getBody(), text(message, Edge.ID), () -> where(message)));
        }
        try {
            return new Batch("the topic", format, lines);
        } catch (IOException e) {
            throw new StoreException(e.getMessage() + NEXT, e);
        }
    }

    private static String text(Message message, String header) {
        Object value = message.getHeader(header);
        return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : (String) value;
    }

    private static String where(Message message) {
        return "offset " + message.getHeader(KafkaConstants.OFFSET) + " of partition " + message.getHeader(KafkaConstants.PARTITION) + " of " + message.getHeader(KafkaConstants.TOPIC);
    }

    /**
     * The lines that the store refuses, each with the reason.
     *
     * @throws IOException if any other line is not stored
     */
    public List<Message> refused(@Variable("joined") Batch joined, @Variable("batch") List<Exchange> batch, CamelContext context) throws IOException {
        List<Message> messages = new ArrayList<>();
        for (Map.Entry<Integer, String> refused : joined.refused().entrySet()) {
            Message from = batch.get(refused.getKey()).getMessage();
            Message message = new DefaultMessage(context);
            message.setBody(from.getBody());
            for (String header : List.of(Edge.FORMAT, Edge.ID)) {
                message.setHeader(header, text(from, header));
            }
            message.setHeader(REASON, refused.getValue());
            message.setHeader(KafkaConstants.KEY, from.getHeader(KafkaConstants.KEY));
            messages.add(message);
        }
        return messages;
    }

    /**
     * Has the group begin behind the batch from now on, in each partition that a line of it is from: what Camel offers for the whole batch is the last
     * line's partition only.
     *
     * @return what counts as stored; null if it comes again, to this joiner or another: that changes nothing in the store
     * @throws IOException if a line is neither stored nor kept in the topic of those that are refused
     */
    public Chunk commit(@Variable("joined") Batch joined, @Variable("batch") List<Exchange> batch, @Body List<Message> refused) throws Exception {
        if (joined.refused().size() != refused.size()) {
            throw new IOException("not each line that the store refuses was sent to the topic of these: a step of routes/join-kafka.camel.yaml was changed");
        }
        for (Message message : refused) {
            Edge.requireKept(message);
        }
        Map<Object, Message> last = new LinkedHashMap<>();
        for (Exchange one : batch) {
            last.put(one.getMessage().getHeader(KafkaConstants.PARTITION), one.getMessage());
        }
        try {
            last.values().forEach(message -> message.getHeader(KafkaConstants.MANUAL_COMMIT, KafkaManualCommit.class).commit());
            return joined.chunk();
        } catch (CommitFailedException | RebalanceInProgressException e) {
            // To try again would not help: with its next poll it joins the others again.
            sparingly.warn(LOG, "others have taken over this joiner's part of the topic, as it did not answer or took too long; the last batch is stored, and"
                    + " comes again to whoever has that part now, which changes nothing");
            return null;
        } catch (RuntimeException e) {
            throw new StoreException("the batch is stored, but the broker has not been told, so it comes again: " + Reasons.of(e), e);
        }
    }
}
