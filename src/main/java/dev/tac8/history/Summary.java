package dev.tac8.history;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.price.PriceBook;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.Map;

/** What an import has found, as one JSON object. */
final class Summary {
    private static final JsonMapper JSON = new JsonMapper();

    private final ObjectNode all = JSON.createObjectNode();
    private final Imported imported;
    private final Money money;
    private final PriceBook book;
    private final LocalDate today;
    private BigDecimal restDollars = BigDecimal.ZERO;
    private Total.Model rest = Total.Model.NONE;

    Summary(Imported imported, Money money, PriceBook book, LocalDate today) {
        this.imported = imported;
        this.money = money;
        this.book = book;
        this.today = today;
    }

    ObjectNode all() {
        Rest beyond = money.rest();
        Ledger ledger = imported.all();
        Imported.Files files = imported.files();
        ObjectNode read = all.putObject("files").put("read", files.read()).put("unchanged", files.unchanged());
        put(read.putArray("of_no_agent"), files.foreign());
        files.unreadable().forEach(read.putObject("unreadable")::put);
        all.put("sessions", ledger.sessions().size());
        all.putObject("calls").put("new", imported.distinct() - imported.stored()).put("known", imported.stored());
        all.put("price_version", book.version());
        rest(all.putArray("rest"), beyond);
        ArrayNode differences = all.putArray("differences");
        beyond.differences().forEach(one -> differences.addObject().put("agent_session", one.session()).put("model", one.model())
                .put("reported_usd", plain(one.reported())).put("calculated_usd", plain(one.calculated())));
        all.put("reported_usd", beyond.reported().isEmpty() ? null : plain(beyond.reported().values().stream().reduce(BigDecimal.ZERO, BigDecimal::add)));
        totals(all.putObject("totals"));
        put(all.putObject("without_price"), imported.unpriced());
        put(all.putObject("skipped"), ledger.skipped());
        put(all.putObject("unknown"), ledger.strange());
        put(all.putObject("left_out"), imported.leftOut());
        put(all.putObject("remarks"), ledger.remarks());
        all.put("errors", ledger.errors().size());
        return all;
    }

    private void rest(ArrayNode rows, Rest beyond) {
        for (Rest.Row row : beyond.rows()) {
            Total.Model used = row.used();
            BigDecimal cost = row.dollars(book, today);
            rows.addObject().put("agent", row.agent()).put("agent_session", row.session()).put("model", row.model()).put("tokens_input", used.input())
                    .put("tokens_output", used.output()).put("cache_read_tokens", used.cacheRead()).put("cache_write_5m_tokens", used.cacheWrite())
                    .put("cache_write_1h_tokens", 0).put("web_search", used.searches()).put("estimated_cost_usd", plain(cost));
            rest = rest.plus(used);
            restDollars = cost == null ? restDollars : restDollars.add(cost);
        }
    }

    private void totals(ObjectNode totals) {
        Total.Model all = rest.plus(money.used());
        totals.put("tokens_input", all.input()).put("tokens_output", all.output()).put("cache_read_tokens", all.cacheRead())
                .put("cache_write_5m_tokens", all.cacheWrite().subtract(money.hourWrites())).put("cache_write_1h_tokens", money.hourWrites()).put("calls", money.calls()).put("calls_without_cost", money.withoutCost())
                .put("usd", plain(restDollars.add(money.dollars())));
    }

    private static void put(ObjectNode node, Map<String, Long> counts) {
        counts.forEach(node::put);
    }

    private static void put(ArrayNode node, Iterable<?> texts) {
        texts.forEach(text -> node.add(text.toString()));
    }

    private static String plain(BigDecimal dollars) {
        return dollars == null ? null : dollars.signum() == 0 ? "0" : dollars.stripTrailingZeros().toPlainString();
    }
}
