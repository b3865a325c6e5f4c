package dev.tac8.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.fault.Corpus;
import dev.tac8.fault.Joined;
import dev.tac8.service.Service;
import dev.tac8.store.Months;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A year in production: records arrive month by month, some of them late, and on each 1st at 03:00 there is a run of the archive. Each
 * month's archive holds that month's rows and no other, nothing is lost or doubled, and the active database does not grow.
 */
@Tag("long")
@Timeout(value = 6, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class YearTest {
    private static final int RECORDS = 12_000;
    private static final int KEEP_DAYS = 90;
    private static final YearMonth FIRST = YearMonth.of(2026, 1);
    private static final YearMonth LAST = FIRST.plusMonths(11);
    /**
     * On the 1st before, all that the year has brought is older than 90 days; on this one leaves what that run has brought back, because
     * an archive knew of a parent that the active store did not.
     */
    private static final YearMonth END = LAST.plusMonths(5);
    /** From its run on as many months come as go. */
    private static final YearMonth FULL = FIRST.plusMonths(4);
    /** The runs after which all rows are looked at. */
    private static final Set<YearMonth> LOOKED_AT = Set.of(FULL, FIRST.plusMonths(8), LAST, END.minusMonths(1));
    /** Late records make one month larger than another. */
    private static final double MOST_GROWTH = 1.2;

    /** Names and ids are numbered as time goes by, and sessions by the threes. */
    private static final Pattern NUMBER = Pattern.compile("^(s)?\\D*(\\d+)");

    @TempDir
    private Path dir;
    private Home home;
    private final List<Map<String, Object>> delivered = new ArrayList<>();
    private volatile Instant now = start(FIRST);

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void aYearOfMonthlyRunsKeepsEachRowInItsMonthAndTheActiveDatabaseFlat() throws Exception {
        Random random = Corpus.random(getClass());
        Map<YearMonth, List<Map<String, Object>>> arrivals = arrivals(random);
        home = new Home(dir);
        Map<YearMonth, Long> bytes = new TreeMap<>();
        int runs = 0;
        try (Service service = home.start(new MovedClock())) {
            for (YearMonth month = FIRST; month.isBefore(END); month = month.plusMonths(1)) {
                deliver(month, arrivals.getOrDefault(month, List.of()));

                now = start(month.plusMonths(1)).plus(Duration.ofHours(3));
                run(service);
                runs++;

                home.awaitDrained();
                bytes.put(month, Files.size(home.database()));
                if (LOOKED_AT.contains(month)) {
                    assertEachRowIsWhereItBelongs();
                }
            }
        }

        assertThat(delivered).hasSize(arrivals.values().stream().mapToInt(List::size).sum());
        for (String table : Home.TABLES) {
            assertThat(home.rows(table)).as("%s in the active store, four months after the year", table).isEmpty();
        }
        assertThat(databases().stream().flatMap(database -> Home.query(database, "SELECT record_id FROM events WHERE session_id = 'tac8'"
                + " AND event_type = 'archive' AND severity = 'info'").stream())).as("the runs on record").hasSize(runs);
        assertIsFlat(bytes);
    }

    // --- What arrives when ---

    /** A year of records by the month in which they arrive: one in twenty comes late. */
    private static Map<YearMonth, List<Map<String, Object>>> arrivals(Random random) {
        Map<YearMonth, List<Map<String, Object>>> arrivals = new TreeMap<>();
        List<Map<String, Object>> records = Corpus.records(random, RECORDS, true);
        long numbers = records.stream().mapToLong(YearTest::number).max().orElseThrow() + 1;
        for (Map<String, Object> record : records) {
            Map<String, Object> dated = new LinkedHashMap<>(record);
            Instant at = date(random, record, numbers);
            dated.put("timestamp", at.toString());
            YearMonth arrival = YearMonth.from(at.atOffset(ZoneOffset.UTC));
            if (random.nextInt(20) == 0) {
                arrival = Collections.min(List.of(END.minusMonths(2), arrival.plusMonths(1 + random.nextInt(11))));
            }
            arrivals.computeIfAbsent(arrival, none -> new ArrayList<>()).add(dated);
        }
        return arrivals;
    }

    /** When a record was made. Whatever is of one id was made at one time; what a session, task or worker does takes up to two months. */
    private static Instant date(Random random, Map<String, Object> record, long numbers) {
        Random own = record.get("id") == null ? random : new Random(record.get("id").hashCode());
        Instant begin = start(FIRST);
        long millis = Duration.between(begin, start(LAST.plusMonths(1))).toMillis();
        long spent = own.nextInt(4) == 0 ? own.nextInt((int) Duration.ofDays(60).toSeconds()) * 1000L : own.nextInt(3_600_000);
        Instant at = begin.plusMillis(Math.min(millis - 1, (long) (1.0 * number(record) / numbers * millis) + spent));
        YearMonth month = YearMonth.from(at.atOffset(ZoneOffset.UTC));
        return switch (own.nextInt(50)) {
            case 0 -> start(month);
            case 1 -> start(month.plusMonths(1)).minusMillis(1);
            default -> at;
        };
    }

    /** A record's place in the order of time. */
    private static long number(Map<String, Object> record) {
        return Stream.of("id", "worker_id", "task_id", "session_id").map(record::get).filter(String.class::isInstance)
                .map(name -> NUMBER.matcher((String) name)).filter(Matcher::find)
                .mapToLong(found -> Long.parseLong(found.group(2)) * ("s".equals(found.group(1)) && found.end(1) == found.start(2) ? 3 : 1))
                .findFirst().orElse(0);
    }

    private void deliver(YearMonth month, List<Map<String, Object>> records) {
        if (!records.isEmpty()) {
            home.drop(month + ".jsonl", records.stream().map(record -> new String(Corpus.line(record), StandardCharsets.UTF_8)).toList());
            delivered.addAll(records);
        }
        home.awaitDrained();
    }

    private static void run(Service service) throws Exception {
        try (ProducerTemplate template = service.context().createProducerTemplate()) {
            Request request = new Request("r", KEEP_DAYS, false, true);
            Exchange done = template.send("direct:archive", exchange -> exchange.getMessage().setBody(request));
            if (done.getException() != null) {
                throw done.getException();
            }
        }
    }

    // --- What must come of it ---

    private void assertEachRowIsWhereItBelongs() throws Exception {
        Corpus.assertSame(Joined.atRest(databases()), Corpus.tables(delivered));
        String before = Archive.before(now, KEEP_DAYS);
        SortedMap<String, Path> archives = Months.list(home.path("var/external/archive"));
        Map<String, List<Map<String, Object>>> expected = delivered.stream()
                .filter(record -> Set.of("event", "api_call").contains(record.get("type")))
                .collect(Collectors.groupingBy(record -> isOlder(record, before) ? month(record) : "active"));
        for (String month : archives.keySet()) {
            assertHolds(month, archives.get(month), expected.getOrDefault(month, List.of()));
        }
        assertHolds("active", home.database(), expected.getOrDefault("active", List.of()));
        assertThat(archives.keySet()).containsAll(expected.keySet().stream().filter(month -> !month.equals("active")).toList());
        for (Path database : databases()) {
            assertThat(Home.query(database, "PRAGMA integrity_check")).as(database.toString()).containsExactly("ok");
            assertThat(Home.query(database, "PRAGMA foreign_key_check")).as(database.toString()).isEmpty();
        }
    }

    private static String month(Map<String, Object> record) {
        return ((String) record.get("timestamp")).substring(0, 7);
    }

    private static boolean isOlder(Map<String, Object> record, String before) {
        return Instant.parse((String) record.get("timestamp")).isBefore(Instant.parse(before));
    }

    /** Fails unless a database holds these events and calls and no other, but what tac8 itself has recorded. */
    private void assertHolds(String what, Path database, List<Map<String, Object>> records) {
        Map<String, List<String>> expected = Corpus.tables(records);
        Path asked = home.database();
        home.ask(database);
        try {
            for (String table : List.of("events", "api_calls")) {
                List<String> rows = home.rows(table);
                assertThat(rows.equals(expected.get(table))).as("%s of %s: %d rows, expected %d", table, what, rows.size(),
                        expected.get(table).size()).isTrue();
            }
        } finally {
            home.ask(asked);
        }
    }

    private void assertIsFlat(Map<YearMonth, Long> bytes) {
        System.out.println("bytes of the active database after the run for each month: " + bytes);
        long full = bytes.get(FULL);
        bytes.forEach((month, its) -> assertThat(its).as("bytes of the active database after the run for %s, at first %d", month, full)
                .isLessThanOrEqualTo((long) (full * MOST_GROWTH)));
    }

    private List<Path> databases() throws Exception {
        List<Path> all = new ArrayList<>(List.of(home.database()));
        all.addAll(Months.list(home.path("var/external/archive")).values());
        return all;
    }

    private static Instant start(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** Says what time the test says it is. */
    private final class MovedClock extends Clock {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
