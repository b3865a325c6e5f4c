package dev.tac8.witness;

import dev.tac8.price.PriceBook;
import dev.tac8.price.Quote;
import dev.tac8.price.StoredCall;
import dev.tac8.query.Answer;
import dev.tac8.query.Question;
import dev.tac8.query.Rows;
import dev.tac8.query.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Collectors;

/** The calls that a sum is made of, as {@code sql/query/priced-calls.sql} has them: the dearest, and how many others there are. */
public final class Audit implements Question.Taker {
    private static final List<String> COLUMNS = List.of("timestamp", "record_id", "worker_id", "model", "tokens_input", "tokens_output", "cache_read_tokens",
            "cache_write_5m_tokens", "cache_write_1h_tokens", "cost_usd", "cost_source", "price_version", "list_usd", "price", "arithmetic", "stands_in");
    private static final List<String> SHOWN = List.of("timestamp", "record_id", "worker_id", "cost_usd", "cost_source", "price_version", "list_usd", "price", "arithmetic", "stands_in");
    private static final int RECORD_ID = 0;
    private static final int TIMESTAMP = 1;
    private static final int MODEL = 3;
    private static final int INPUT = 4;
    private static final int OUTPUT = 5;
    private static final int CACHE_READ = 7;
    private static final int WRITE_5M = 8;
    private static final int WRITE_1H = 9;
    private static final int COST_SOURCE = 11;
    private static final int PRICE_VERSION = 12;

    /** What costs nothing that is known comes last. */
    private static final Comparator<Object[]> DEAREST = Comparator.comparing(Audit::cost, Comparator.nullsFirst(Comparator.<BigDecimal>naturalOrder())).reversed()
            .thenComparing(row -> (String) row[TIMESTAMP]).thenComparing(row -> (String) row[RECORD_ID]);

    private final PriceBook book;
    private final int most;
    private final PriorityQueue<Object[]> dearest = new PriorityQueue<>(DEAREST.reversed());
    private long calls;
    private long withoutCost;
    private BigDecimal sum = BigDecimal.ZERO;

    /** @param most how many calls are kept */
    public Audit(PriceBook book, int most) {
        this.book = book;
        this.most = most;
    }

    private static BigDecimal cost(Object[] row) {
        return new StoredCall(row).dollars();
    }

    @Override
    public void take(Object[] row) {
        BigDecimal cost = cost(row);
        calls++;
        withoutCost += cost == null ? 1 : 0;
        sum = cost == null ? sum : sum.add(cost);
        if (dearest.size() < most || DEAREST.compare(row, dearest.peek()) < 0) {
            dearest.add(row.clone());
            if (dearest.size() > most) {
                dearest.poll();
            }
        }
    }

    /** Whether there is no call. */
    public boolean isEmpty() {
        return calls == 0;
    }

    /** The ids of the calls that are kept. */
    public Set<String> ids() {
        return dearest.stream().map(row -> (String) row[RECORD_ID]).collect(Collectors.toSet());
    }

    /** When the first of them was, as text in UTC. */
    public String earliest() {
        return dearest.stream().map(row -> (String) row[TIMESTAMP]).min(Comparator.naturalOrder()).orElse("");
    }

    /** @param origins where the records of each call stand */
    public Answer answer(Map<String, List<String>> origins) {
        List<Object[]> rows = new ArrayList<>();
        BigDecimal shown = BigDecimal.ZERO;
        for (Object[] row : dearest.stream().sorted(DEAREST).toList()) {
            StoredCall call = new StoredCall(row);
            Quote quote = call.price(book);
            shown = call.dollars() == null ? shown : shown.add(call.dollars());
            rows.add(new Object[] {row[TIMESTAMP], row[RECORD_ID], call.worker(), row[MODEL], row[INPUT], row[OUTPUT], row[CACHE_READ], row[WRITE_5M], row[WRITE_1H],
                call.dollars(), row[COST_SOURCE], row[PRICE_VERSION], quote.dollars(), quote.by() == null ? quote.why() : quote.by().place(),
                quote.by() == null ? null : call.arithmetic(quote.by()), String.join("; ", origins.getOrDefault((String) row[RECORD_ID], List.of()))});
        }
        Answer answer = new Answer().list("audit", null, new Rows(COLUMNS, rows), SHOWN);
        answer.remark(Table.exact(sum) + " is the sum of " + Table.whole(calls) + (calls == 1 ? " call" : " calls")
                + (withoutCost > 0 ? ", of which " + Table.whole(withoutCost) + (withoutCost == 1 ? " has" : " have") + " no cost" : "")
                + (calls > rows.size() ? "; these are the dearest " + Table.whole(rows.size()) + ", " + Table.exact(shown) + ", and --limit shows more." : "."));
        answer.remark("List is the price by version " + book.version() + " of the prices; what a call counts with is cost.");
        return answer;
    }
}
