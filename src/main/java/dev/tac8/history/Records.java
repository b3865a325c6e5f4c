package dev.tac8.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tac8.history.Workers.Link;
import dev.tac8.ingest.FittingId;
import dev.tac8.price.Terms;
import dev.tac8.price.Tokens;
import dev.tac8.text.StoredTime;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.Map;

/** Writes what is told as records: the same text for the same content, so that a record that comes twice changes nothing. */
final class Records {
    private static final JsonFactory JSON = JsonFactory.builder().disable(com.fasterxml.jackson.core.StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private final Workers workers;
    private final JsonGenerator json;

    Records(Workers workers, OutputStream out) throws IOException {
        this.workers = workers;
        json = JSON.createGenerator(out);
        json.setRootValueSeparator(new com.fasterxml.jackson.core.io.SerializedString("\n"));
    }

    /**
     * Writes a call.
     *
     * @param task    that it was for, if no worker is known that says so; or null
     * @param cost    as its agent says, or else by list price; or null
     * @param version of the price book
     */
    void write(ModelCall call, String task, BigDecimal cost, String version) throws IOException {
        Session session = call.session();
        Link link = workers.of(session.agent(), session.id(), call.time());
        json.writeStartObject();
        json.writeStringField("type", "api_call");
        json.writeStringField("id", call.id());
        json.writeStringField("timestamp", StoredTime.of(call.time()));
        json.writeStringField("worker_id", link == null ? Workers.standIn(session.agent(), session.id()) : FittingId.of(link.worker()));
        if (link == null && task != null) {
            json.writeStringField("task_id", FittingId.of(task));
        }
        json.writeStringField("model", call.model());
        if (call.tokens() != null) {
            Tokens tokens = call.tokens();
            json.writeNumberField("tokens_input", tokens.input());
            json.writeNumberField("tokens_output", tokens.output());
            json.writeNumberField("cache_read_tokens", tokens.cacheRead());
            json.writeNumberField("cache_write_5m_tokens", tokens.cacheWrite5m());
            json.writeNumberField("cache_write_1h_tokens", tokens.cacheWrite1h());
        }
        if (cost != null) {
            json.writeNumberField("estimated_cost_usd", cost);
            json.writeStringField("cost_source", call.said() == null ? "calculated" : "reported");
            if (call.said() == null) {
                json.writeStringField("price_version", version);
            }
        }
        json.writeObjectFieldStart("usage");
        json.writeStringField("agent", session.agent());
        json.writeStringField("agent_session", session.id());
        if (session.version() != null) {
            json.writeStringField("agent_version", session.version());
        }
        if (call.terms().contains(Terms.BATCH)) {
            json.writeBooleanField("batch", true);
        }
        if (call.terms().contains(Terms.US)) {
            json.writeStringField("geo", "us");
        }
        if (call.largest() > 0) {
            json.writeNumberField("largest_request", call.largest());
        }
        json.writeStringField("since", StoredTime.of(session.since()));
        if (call.terms().contains(Terms.FAST)) {
            json.writeStringField("speed", "fast");
        }
        if (call.searches() > 0) {
            json.writeNumberField("web_search", call.searches());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    /** Writes what an agent itself says of a session. */
    void write(Total total) throws IOException {
        event(total.id(), StoredTime.of(total.time()), "agent_total", total.agent() + " says what its session " + total.session() + " has used",
                "info", total.agent(), total.session(), workers.of(total.agent(), total.session(), total.time()));
        if (total.cost() != null) {
            json.writeNumberField("cost_usd", total.cost());
        }
        if (total.first() != null) {
            json.writeStringField("first", total.first());
        }
        json.writeStringField("how", total.how().words());
        json.writeObjectFieldStart("models");
        for (Map.Entry<String, Total.Model> model : total.models().entrySet()) {
            Total.Model used = model.getValue();
            json.writeObjectFieldStart(model.getKey());
            json.writeNumberField("cache_read", used.cacheRead());
            json.writeNumberField("cache_write", used.cacheWrite());
            if (used.cost() != null) {
                json.writeNumberField("cost_usd", used.cost());
            }
            json.writeNumberField("input", used.input());
            json.writeNumberField("output", used.output());
            json.writeNumberField("web_search", used.searches());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeNumberField("order", total.order());
        json.writeStringField("since", StoredTime.of(total.since()));
        if (total.started() != null) {
            json.writeStringField("started", StoredTime.of(total.started()));
        }
        // The last one, and never missing: of two records of one total that with a time is then the greater text, which stays.
        json.writeStringField("until", total.until() == null ? "" : StoredTime.of(total.until()));
        end();
    }

    /** Writes an error of a model's API. */
    void write(ApiError error) throws IOException {
        event(error.id(), StoredTime.of(error.time()), "api_error", "the API answered" + (error.status() == null ? " with an error" : " " + error.status())
                + (error.attempt() == null ? "" : ", attempt " + error.attempt()), "error", error.agent(), error.session(),
                workers.of(error.agent(), error.session(), error.time()));
        if (error.attempt() != null) {
            json.writeNumberField("attempt", error.attempt());
        }
        if (error.status() != null) {
            json.writeNumberField("status", error.status());
        }
        end();
    }

    /** Writes that a worker ran a session. */
    void write(Session session, Link link) throws IOException {
        event(Values.id(session.agent() + ":session:" + session.id() + ":" + link.worker()), StoredTime.of(link.since()), "agent_session",
                link.worker() + " runs the " + session.agent() + " session " + session.id(), "info", session.agent(), session.id(), link);
        end();
    }

    private void event(String id, String time, String type, String message, String severity, String agent, String session, Link link) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "event");
        json.writeStringField("id", id);
        json.writeStringField("timestamp", time);
        json.writeStringField("session_id", Workers.session(link));
        json.writeStringField("event_type", type);
        json.writeStringField("severity", severity);
        json.writeStringField("message", message);
        if (link != null) {
            json.writeStringField("context_type", "worker");
            json.writeStringField("context_id", FittingId.of(link.worker()));
        }
        json.writeObjectFieldStart("details");
        json.writeStringField("agent", agent);
        json.writeStringField("agent_session", session);
    }

    private void end() throws IOException {
        json.writeEndObject();
        json.writeEndObject();
    }

    /** Ends the last line. */
    void finish() throws IOException {
        json.writeRaw('\n');
        json.close();
    }
}
