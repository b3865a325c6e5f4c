package dev.tac8.witness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.history.Runs;
import dev.tac8.price.PriceBook;
import dev.tac8.price.Quote;
import dev.tac8.price.StoredCall;
import dev.tac8.query.Question;
import dev.tac8.query.Rows;
import dev.tac8.query.Table;
import dev.tac8.store.RefusedException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What another tool says that calls have cost, beside their list prices, by day or agent's session and by model: the JSON of {@code ccusage daily --json} or
 * {@code ccusage session --json}.
 */
public final class Peer implements Question.Taker {
    /** What differs by less is a matter of binary floating point. */
    private static final BigDecimal FLOATING = Reconciliation.FLOATING;
    private static final JsonMapper JSON = new JsonMapper();
    private static final int TIMESTAMP = 1;
    private static final int INPUT = 4;
    private static final int OUTPUT = 5;
    private static final int CACHE_READ = 7;
    private static final int WRITE_5M = 8;
    private static final int WRITE_1H = 9;

    private final String file;
    private final boolean bySession;
    private final ZoneId zone;
    private final PriceBook book;
    private final BigDecimal tolerance;
    private final Map<List<String>, Row> rows = new TreeMap<>((one, other) -> one.get(0).equals(other.get(0)) ? one.get(1).compareTo(other.get(1)) : one.get(0).compareTo(other.get(0)));

    /** A model in a period: its tokens are input, output, read, and written, here and there. */
    private static final class Row {
        private long calls;
        private long unpriced;
        private String lack;
        private long above;
        private BigDecimal priced;
        /** What it would be if all writes were for five minutes. */
        private BigDecimal flat = BigDecimal.ZERO;
        private final BigInteger[] here = none();
        private BigDecimal said;
        private boolean isUnknown;
        /** Whether a cost is told that is greater than any number of a computer. */
        private boolean isEndless;
        private final BigInteger[] there = none();

        private static BigInteger[] none() {
            return Stream.generate(() -> BigInteger.ZERO).limit(4).toArray(BigInteger[]::new);
        }

        BigDecimal differs() {
            BigDecimal one = priced == null ? BigDecimal.ZERO : priced;
            return said == null ? one : said.subtract(one).abs();
        }
    }

    private Peer(String file, boolean bySession, ZoneId zone, PriceBook book, BigDecimal tolerance) {
        this.file = file;
        this.bySession = bySession;
        this.zone = zone;
        this.book = book;
        this.tolerance = tolerance.max(FLOATING);
    }

    /**
     * Reads what the other tool has written.
     *
     * @param zone      whose days they are
     * @param tolerance dollars by which figures may differ
     * @throws RefusedException if it is something else
     */
    public static Peer read(Path path, ZoneId zone, PriceBook book, BigDecimal tolerance) throws IOException, RefusedException {
        JsonNode said;
        try {
            said = JSON.readTree(path.toFile());
        } catch (JsonProcessingException e) {
            throw new RefusedException(path + ", line " + e.getLocation().getLineNr() + ": this is no JSON; it must be what ccusage daily --json or session --json prints");
        }
        JsonNode sessions = said.has("session") ? said.path("session") : said.path("sessions");
        if (!said.path("daily").isArray() && !sessions.isArray()) {
            throw new RefusedException(path + " has neither daily nor session: it must be what ccusage daily --json or session --json prints");
        }
        Peer peer = new Peer(path.getFileName().toString(), sessions.isArray(), zone, book, tolerance);
        for (JsonNode period : peer.bySession ? sessions : said.path("daily")) {
            String name = Stream.of("period", "date", "sessionId").map(key -> period.path(key).textValue()).filter(Objects::nonNull).findFirst().orElse("");
            period.path("modelBreakdowns").forEach(model -> peer.add(name, model));
        }
        return peer;
    }

    private void add(String period, JsonNode model) {
        Row row = row(period, model.path("modelName").asText());
        List<String> columns = List.of("inputTokens", "outputTokens", "cacheReadTokens", "cacheCreationTokens");
        boolean hasTokens = false;
        for (int i = 0; i < row.there.length; i++) {
            BigInteger tokens = tokens(model.path(columns.get(i)));
            row.there[i] = row.there[i].add(tokens);
            hasTokens |= tokens.signum() > 0;
        }
        JsonNode told = model.path("cost");
        if (told.isNumber() && !Double.isFinite(told.doubleValue())) {
            row.isEndless = true;
            return;
        }
        BigDecimal cost = told.isNumber() ? told.decimalValue() : BigDecimal.ZERO;
        row.said = row.said == null ? cost : row.said.add(cost);
        row.isUnknown |= model.path("missingPricing").asBoolean() || cost.signum() == 0 && hasTokens;
    }

    private static BigInteger tokens(JsonNode number) {
        return (number.isIntegralNumber() ? number.bigIntegerValue() : BigInteger.valueOf(number.asLong())).max(BigInteger.ZERO);
    }

    private Row row(String period, String model) {
        return rows.computeIfAbsent(List.of(period, Runs.model(model)), key -> new Row());
    }

    /** Takes a call, as {@code sql/query/priced-calls.sql} has it. */
    @Override
    public void take(Object[] values) {
        StoredCall call = new StoredCall(values);
        String period = bySession ? Objects.requireNonNullElse(call.agentSession(), "") : Instant.parse((String) values[TIMESTAMP]).atZone(zone).toLocalDate().toString();
        Row row = row(period, call.model());
        row.calls++;
        int[][] columns = {{INPUT}, {OUTPUT}, {CACHE_READ}, {WRITE_5M, WRITE_1H}};
        for (int i = 0; i < columns.length; i++) {
            for (int column : columns[i]) {
                row.here[i] = row.here[i].add(BigInteger.valueOf(number(values[column])));
            }
        }
        Quote quote = call.price(book);
        if (quote.dollars() == null) {
            row.unpriced++;
            row.lack = quote.why();
            return;
        }
        row.above = Math.max(row.above, quote.by().above());
        row.priced = row.priced == null ? quote.dollars() : row.priced.add(quote.dollars());
        Object[] flat = values.clone();
        flat[WRITE_5M] = number(values[WRITE_5M]) + number(values[WRITE_1H]);
        flat[WRITE_1H] = null;
        Quote other = new StoredCall(flat).price(book);
        row.flat = row.flat.add(other.dollars() == null ? quote.dollars() : other.dollars());
    }

    private static long number(Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    private String why(Row row) {
        if (row.isEndless) {
            return "no figure: a cost in " + file + " is no number";
        } else if (row.said == null) {
            return "not there: " + file + " says nothing of it";
        } else if (row.calls == 0) {
            return "calls missing: no such call is stored; ./tac8 import reads agents' files";
        } else if (row.isUnknown && row.priced != null) {
            return "unknown model: " + file + " has no price for it, and takes $0";
        } else if (row.unpriced > 0) {
            return "unknown model: " + row.lack;
        }
        return tokens(row);
    }

    private String tokens(Row row) {
        BigInteger more = BigInteger.ZERO;
        BigInteger fewer = BigInteger.ZERO;
        for (int i = 0; i < row.here.length; i++) {
            more = more.add(row.there[i].subtract(row.here[i]).max(BigInteger.ZERO));
            fewer = fewer.add(row.here[i].subtract(row.there[i]).max(BigInteger.ZERO));
        }
        boolean isMore = more.signum() > 0;
        boolean isFewer = fewer.signum() > 0;
        if (isFewer && row.there[0].equals(row.here[0]) && row.there[2].equals(row.here[2]) && row.there[3].equals(row.here[3])) {
            return "placeholders: " + Table.whole(fewer) + " tokens of output fewer there: an answer's first line, or a last one, has not all of them";
        } else if (isMore && !isFewer) {
            return "copies: " + Table.whole(more) + " tokens more there, as of responses that are counted more than once, or of calls that are not stored here";
        } else if (isFewer && !isMore) {
            return "calls missing there: " + Table.whole(fewer) + " tokens fewer, as of sub-agents or of live calls";
        } else if (isMore) {
            return "tokens: " + Table.whole(more) + " more there of one kind, and " + Table.whole(fewer) + " fewer of another";
        } else if (row.priced != null && row.flat.compareTo(row.priced) != 0 && row.said.subtract(row.flat).abs().movePointRight(6).compareTo(BigDecimal.ONE) < 0) {
            return "price: writes to the cache for an hour cost as those for five minutes there";
        } else if (row.above > 0) {
            return "price: calls above " + Table.whole(row.above) + " tokens cost more, all of them, and otherwise there";
        }
        return "price: the same tokens cost something else there";
    }

    /**
     * What differs, by period and model.
     *
     * @param whole whether all calls that there are were taken: then what the other tool alone has is missing
     */
    public Rows rows(boolean whole) {
        List<Object[]> found = new ArrayList<>();
        rows.forEach((key, row) -> {
            if (isSeen(row, whole)) {
                found.add(new Object[] {key.get(0), key.get(1), row.calls, row.priced, row.said, row.differs(), row.unpriced, isDifferent(row) ? why(row) : null});
            }
        });
        return new Rows(List.of(bySession ? "agent_session" : "day", "model", "calls", "priced_usd", "there_usd", "differs_usd", "priced_calls_without_cost", "why"), found);
    }

    private static boolean isSeen(Row row, boolean whole) {
        return whole || row.calls > 0;
    }

    private boolean isDifferent(Row row) {
        return row.differs().compareTo(tolerance) > 0;
    }

    /** How many of these differ by more than they may. */
    public long different(boolean whole) {
        return rows.values().stream().filter(row -> isSeen(row, whole) && isDifferent(row)).count();
    }
}
