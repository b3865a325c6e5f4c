package dev.tac8.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.history.Total.How;
import dev.tac8.history.Total.Model;
import dev.tac8.price.Tokens;
import dev.tac8.query.Reach;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What sessions of agents have used: their calls, and what the agents themselves say. */
final class Money {
    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private final Set<String> sessions;
    private final List<Total> totals;
    private final CallSums sums;
    private Model used = Model.NONE;
    private BigInteger hourWrites = BigInteger.ZERO;
    private long calls;
    private long withoutCost;
    private BigDecimal dollars = BigDecimal.ZERO;

    /**
     * Knows no call yet.
     *
     * @param sessions those that are asked about
     * @param totals   of these sessions, and of those that are of one lineage with them
     */
    Money(Set<String> sessions, List<Total> totals) {
        this.sessions = sessions;
        this.totals = totals;
        this.sums = new CallSums(totals);
    }

    /** Takes a call of one of these sessions. */
    void add(Rest.Known call) {
        sums.add(call);
        if (!sessions.contains(call.session())) {
            return;
        }
        calls++;
        used = used.plus(call.used());
        hourWrites = hourWrites.add(call.hourWrites());
        withoutCost += call.cost() == null ? 1 : 0;
        dollars = call.cost() == null ? dollars : dollars.add(call.cost());
    }

    /** As it is stored, wherever it came from. */
    static Money stored(Settings settings, Collection<Session> sessions, Workers workers) throws StoreException {
        Set<String> asked = new TreeSet<>();
        Set<String> all = new TreeSet<>();
        Set<String> names = new TreeSet<>();
        for (Session session : sessions) {
            asked.add(session.id());
            all.add(session.id());
            name(session.agent(), session.id(), workers, names);
        }
        return Stores.use(settings, Reach.EVERYTHING, stores -> {
            List<Total> totals = new ArrayList<>();
            for (Total total : Totals.of(stores, asked).all()) {
                totals.add(total);
                if (all.add(total.session())) {
                    name(total.agent(), total.session(), workers, names);
                }
            }
            Money money = new Money(asked, totals);
            stores.each("agent-calls", Map.of("sessions", Known.json(all), "workers", Known.json(names)), row -> money.add(call(row)));
            return money;
        });
    }

    private static void name(String agent, String session, Workers workers, Set<String> names) {
        names.add(Workers.standIn(agent, session));
        names.addAll(workers.namesOf(agent + ":" + session));
    }

    private static Rest.Known call(Object[] row) {
        Tokens tokens = row[3] == null && row[4] == null ? null : new Tokens(number(row[3]), number(row[4]), number(row[5]), number(row[6]), number(row[7]));
        return Rest.Known.of((String) row[0], (String) row[1], Instant.parse((String) row[2]), tokens, row[8] == null ? null : new BigDecimal(row[8].toString()));
    }

    private static long number(Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    static Total total(String id, Instant time, String details) {
        try {
            JsonNode told = JSON.readTree(details);
            SortedMap<String, Model> models = new TreeMap<>();
            for (Map.Entry<String, JsonNode> model : told.path("models").properties()) {
                JsonNode used = model.getValue();
                models.put(model.getKey(), Model.of(Values.count(used.path("input")), Values.count(used.path("output")), Values.count(used.path("cache_read")),
                        Values.count(used.path("cache_write")), Values.count(used.path("web_search")), Values.dollars(used.path("cost_usd"))));
            }
            Instant since = Values.time(told.path("since"));
            return new Total(id, told.path("agent").asText(), told.path("agent_session").asText(), How.of(told.path("how").asText()), Values.text(told.path("first")),
                    since == null ? time : since, Values.time(told.path("started")), time,
                    Values.time(told.path("until")), told.path("order").asLong(), models, Values.dollars(told.path("cost_usd")));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the agents say of these sessions beyond their calls. */
    Rest rest() {
        return Rest.of(sums.of(totals.stream().map(Total::session).distinct().toList()), totals).only(sessions);
    }

    /** What all calls of the sessions that are asked about have used. */
    Model used() {
        return used;
    }

    /** What of their writes to the cache is for an hour. */
    BigInteger hourWrites() {
        return hourWrites;
    }

    long calls() {
        return calls;
    }

    long withoutCost() {
        return withoutCost;
    }

    /** What those calls cost that have a cost. */
    BigDecimal dollars() {
        return dollars;
    }
}
