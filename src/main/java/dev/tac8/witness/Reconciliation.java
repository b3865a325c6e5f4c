package dev.tac8.witness;

import dev.tac8.history.Rest;
import dev.tac8.history.Runs;
import dev.tac8.history.Runs.Beyond;
import dev.tac8.history.Runs.Run;
import dev.tac8.price.PriceBook;
import dev.tac8.price.Quote;
import dev.tac8.price.StoredCall;
import dev.tac8.query.Question;
import dev.tac8.query.Rows;
import dev.tac8.query.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What calls cost by list price, what agents and writers say, and what telemetry says, with the reasons for what differs. Runs that say what they have used
 * are compared as wholes; of other calls those that were reported with a cost.
 */
public final class Reconciliation implements Question.Taker {
    /** What differs by less is a matter of binary floating point. */
    static final BigDecimal FLOATING = new BigDecimal("0.000001");
    private static final int MOST_REASONS = 5;

    private final PriceBook book;
    private final Telemetry telemetry;
    private final BigDecimal tolerance;
    private final boolean bySession;
    private final Map<String, Row> rows = new TreeMap<>();
    private final Set<String> runs = new HashSet<>();
    /** The sessions of which telemetry is in a row. */
    private final Set<String> sessions = new HashSet<>();
    private long uncompared;

    /** What is compared. */
    private static final class Row {
        private final String worker;
        private final String agent;
        private final String session;
        private long calls;
        private long unpriced;
        private BigDecimal priced;
        private BigDecimal said;
        private BigDecimal telemetry;
        private final List<String> why = new ArrayList<>();

        Row(String worker, String agent, String session) {
            this.worker = worker;
            this.agent = agent;
            this.session = session;
        }

        /** The greatest figure less the least. */
        BigDecimal differs() {
            List<BigDecimal> known = Stream.of(priced, said, telemetry).filter(Objects::nonNull).sorted().toList();
            return known.size() < 2 ? null : known.get(known.size() - 1).subtract(known.get(0));
        }
    }

    /**
     * @param telemetry null for none
     * @param tolerance dollars by which figures may differ
     * @param bySession whether a row is a session of an agent, and not a worker
     */
    public Reconciliation(PriceBook book, Telemetry telemetry, BigDecimal tolerance, boolean bySession) {
        this.book = book;
        this.telemetry = telemetry;
        this.tolerance = tolerance.max(FLOATING);
        this.bySession = bySession;
    }

    /** Takes runs, before all calls. */
    public void add(Collection<Run> some) {
        for (Run run : some) {
            Row row = row(run.place().worker(), run.agent(), run.session());
            runs.add(run.session());
            row.calls += run.calls();
            row.priced = sum(row.priced, run.priced());
            row.said = sum(row.said, run.reported());
            row.unpriced += run.unpriced().values().stream().mapToLong(Long::longValue).sum();
            explain(run, row.why);
        }
    }

    /** Takes a call, as {@code sql/query/priced-calls.sql} has it; those of the runs are left out. */
    @Override
    public void take(Object[] values) {
        StoredCall call = new StoredCall(values);
        String session = call.agentSession();
        if (session != null && runs.contains(session)) {
            return;
        }
        boolean isTold = session != null && telemetry != null && telemetry.dollars(session) != null;
        boolean isReported = call.isReported() && call.dollars() != null;
        if (!isReported && !isTold) {
            uncompared++;
            return;
        }
        Row row = row(call.worker(), call.agent(), session);
        Quote quote = call.price(book);
        row.calls++;
        row.priced = sum(row.priced, quote.dollars());
        row.said = isReported ? sum(row.said, call.dollars()) : row.said;
        if (quote.dollars() == null) {
            row.unpriced++;
            because(row.why, "unknown model", quote.why());
        } else if (isReported && quote.dollars().subtract(call.dollars()).abs().compareTo(tolerance) > 0) {
            because(row.why, "price", special(call.special(quote.by())) + "calls of " + call.model() + " were reported with another cost than by list price");
        }
    }

    private Row row(String worker, String agent, String session) {
        Row row = rows.computeIfAbsent(bySession && session != null ? "session " + session : "worker " + worker,
                key -> bySession ? new Row(worker, agent, session) : new Row(worker, null, null));
        if (session != null && sessions.add(session) && telemetry != null) {
            row.telemetry = sum(row.telemetry, telemetry.dollars(session));
        }
        return row;
    }

    private static BigDecimal sum(BigDecimal one, BigDecimal other) {
        return one == null ? other : other == null ? one : one.add(other);
    }

    private void explain(Run run, List<String> why) {
        BigDecimal explained = BigDecimal.ZERO;
        for (String lack : run.unpriced().keySet()) {
            because(why, "unknown model", lack);
        }
        for (Beyond beyond : run.beyond()) {
            boolean isOutput = beyond.isOutputAlone();
            String dollars = beyond.dollars() == null ? "" : ", " + Table.exact(beyond.dollars());
            because(why, isOutput ? "placeholders" : "calls missing", isOutput ? Table.whole(beyond.output()) + " tokens that " + beyond.model()
                    + " answered are not in its calls" + dollars : beyond.model() + " has used more than its calls say" + dollars);
            explained = explained.add(beyond.dollars() == null ? BigDecimal.ZERO : beyond.dollars());
        }
        if (run.reported() != null && run.reported().signum() == 0 && run.priced().signum() > 0) {
            because(why, "subscription", "the agent says that it cost nothing");
            return;
        }
        for (Rest.Difference difference : run.differences()) {
            because(why, "price", special(run.special().get(difference.model())) + difference.model() + " costs " + Table.exact(difference.reported()) + " by its agent, and " + Table.exact(difference.calculated())
                    + " by list price, for the same tokens");
            explained = explained.add(difference.reported()).subtract(difference.calculated());
        }
        if (run.reported() == null) {
            because(why, "no figure", "the agent says tokens, and no cost");
            return;
        }
        BigDecimal left = run.reported().subtract(run.priced()).subtract(explained);
        if (left.compareTo(tolerance.negate()) < 0) {
            because(why, "calls missing", "its total lacks calls that are known, " + Table.exact(left.negate()) + ", as of a run that was killed, or two at once");
        } else if (left.compareTo(tolerance) > 0 && run.unpriced().isEmpty()) {
            because(why, "unexplained", Table.exact(left));
        }
    }

    /** What the list prices have and others may not, before what they make of it. */
    private static String special(Collection<String> words) {
        return words.isEmpty() ? "" : String.join(", ", words) + ": ";
    }

    private static void because(List<String> why, String word, String sentence) {
        String reason = word + ": " + sentence;
        if (why.size() < MOST_REASONS && !why.contains(reason)) {
            why.add(reason);
        } else if (why.size() == MOST_REASONS && !why.contains(reason)) {
            why.add("and more");
        }
    }

    /** How many calls nobody else says anything of. */
    public long uncompared() {
        return uncompared;
    }

    /**
     * Looks at what telemetry says, after all calls.
     *
     * @param whole whether these were all calls that there are: then sessions that telemetry alone has are missing
     */
    public void end(boolean whole) {
        if (telemetry == null) {
            return;
        }
        for (String session : whole ? telemetry.sessions() : new TreeSet<String>()) {
            if (!sessions.contains(session)) {
                because(row("(" + telemetry.agent(session) + " " + session + ")", telemetry.agent(session), session).why, "calls missing",
                        "no call of this session is stored; ./tac8 import reads agents' files");
            }
        }
        for (Row row : rows.values()) {
            BigDecimal others = row.said != null ? row.said : row.priced;
            if (row.telemetry != null && others != null && row.telemetry.subtract(others).abs().compareTo(tolerance) > 0) {
                boolean isLess = row.telemetry.compareTo(others) < 0;
                because(row.why, "calls missing", "telemetry has " + Table.exact(row.telemetry.subtract(others).abs()) + (isLess ? " less" : " more") + " than "
                        + (row.said != null ? "the agent's totals" : "list price makes of the calls"));
            }
        }
    }

    /** A row a worker or session, what differs most first. */
    public Rows rows() {
        List<String> columns = new ArrayList<>(bySession ? List.of("agent", "agent_session", "worker_id") : List.of("worker_id"));
        columns.addAll(List.of("calls", "priced_usd", "said_usd"));
        if (telemetry != null) {
            columns.add("telemetry_usd");
        }
        columns.addAll(List.of("differs_usd", "priced_calls_without_cost", "why"));
        Comparator<Row> most = Comparator.comparing(Row::differs, Comparator.nullsLast(Comparator.reverseOrder()));
        return new Rows(columns, rows.values().stream().sorted(most).map(row -> {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("agent", row.agent);
            values.put("agent_session", row.session);
            values.put("worker_id", row.worker);
            values.put("calls", row.calls);
            values.put("priced_usd", row.priced);
            values.put("said_usd", row.said);
            values.put("telemetry_usd", row.telemetry);
            values.put("differs_usd", row.differs());
            values.put("priced_calls_without_cost", row.unpriced);
            values.put("why", isDifferent(row) || row.unpriced > 0 ? String.join("; ", row.why) : null);
            return columns.stream().map(values::get).toArray();
        }).toList());
    }

    private boolean isDifferent(Row row) {
        return row.differs() != null && row.differs().compareTo(tolerance) > 0;
    }

    /** How many rows differ by more than they may. */
    public long different() {
        return rows.values().stream().filter(this::isDifferent).count();
    }

    /** How many rows there are. */
    public int size() {
        return rows.size();
    }
}
