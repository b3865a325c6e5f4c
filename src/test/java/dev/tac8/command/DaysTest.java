package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import dev.tac8.fault.Corpus;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Days are the reader's: whole, of whatever length the clocks gave them, and each call is in one. */
class DaysTest {
    @TempDir
    private Path dir;
    private Path store;

    @BeforeEach
    void store() {
        new Home(dir);
        store = Reader.store(dir.resolve("var/external"));
        Reader.insert(store, "sessions", Map.of("session_id", "s", "started_at", "2026-01-01T00:00:00.000Z"));
        Reader.insert(store, "tasks", Map.of("task_id", "t", "session_id", "s", "detected_at", "2026-01-01T00:00:00.000Z", "status", "active"));
        Reader.insert(store, "workers", Map.of("worker_id", "w", "session_id", "s", "task_id", "t", "spawned_at", "2026-01-01T00:00:00.000Z",
                "status", "spawned"));
    }

    @ParameterizedTest(name = "{0}: {1} has the calls from {2} to {3}")
    @CsvSource({
        "UTC,               2026-11-22, 2026-11-22T00:00:00.000Z, 2026-11-22T23:59:59.999Z",
        "Europe/Berlin,     2026-11-22, 2026-11-21T23:00:00.000Z, 2026-11-22T22:59:59.999Z",
        // 23 hours, 25 hours
        "Europe/Berlin,     2026-03-29, 2026-03-28T23:00:00.000Z, 2026-03-29T21:59:59.999Z",
        "Europe/Berlin,     2026-10-25, 2026-10-24T22:00:00.000Z, 2026-10-25T22:59:59.999Z",
        "Asia/Kathmandu,    2026-11-22, 2026-11-21T18:15:00.000Z, 2026-11-22T18:14:59.999Z",
        "America/New_York,  2026-11-01, 2026-11-01T04:00:00.000Z, 2026-11-02T04:59:59.999Z",
        // Midnight itself was left out.
        "America/Sao_Paulo, 2018-11-04, 2018-11-04T03:00:00.000Z, 2018-11-05T01:59:59.999Z",
        "Africa/Cairo,      2024-04-26, 2024-04-25T22:00:00.000Z, 2024-04-26T20:59:59.999Z",
        // Midnight was twice: the day has both.
        "America/Havana,    2025-11-02, 2025-11-02T04:00:00.000Z, 2025-11-03T04:59:59.999Z",
        "Pacific/Apia,      2011-12-29, 2011-12-29T10:00:00.000Z, 2011-12-30T09:59:59.999Z",
        "Pacific/Apia,      2011-12-31, 2011-12-30T10:00:00.000Z, 2011-12-31T09:59:59.999Z",
        "UTC,               9999-12-31, 9999-12-31T00:00:00.000Z, 9999-12-31T23:59:59.999Z",
        "UTC,               0000-01-01, 0000-01-01T00:00:00.000Z, 0000-01-01T23:59:59.999Z"})
    void aDayHasItsFirstAndItsLastMillisecondAndNoOther(String zone, String day, String first, String last) {
        List<Instant> inside = List.of(Instant.parse(first), Instant.parse(last));
        call(first, last, shifted(first, -1), shifted(last, 1));

        for (Instant moment : inside) {
            Reader reader = new Reader(dir, "--zone", zone).at(Clock.fixed(moment, ZoneOffset.UTC));
            assertThat(calls(reader.ask("cost", "--json", "--today"))).isEqualTo(2);
            assertThat(calls(reader.ask("cost", "--json", "--since", "today", "--until", "today"))).isEqualTo(2);
        }
        Reader reader = new Reader(dir, "--zone", zone);
        assertThat(calls(reader.ask("cost", "--json", "--since", day, "--until", day))).isEqualTo(2);
        int outside = shifted(first, -1).startsWith("-") ? 0 : 1;
        outside += shifted(last, 1).startsWith("+") ? 0 : 1;
        JsonNode days = reader.json("cost", "--by", "day").get("cost");
        assertThat(days).hasSize(1 + outside);
        for (JsonNode each : days) {
            assertThat(each.get("calls").asInt()).as("%s", each).isEqualTo(each.get("period").asText().equals(day) ? 2 : 1);
        }
        assertThat(days.findValuesAsText("period")).contains(day).isSorted();
    }

    @Test
    @Timeout(30)
    void aClockThatWasWrongByCenturiesHoldsUpNobody() {
        // The first is how Go writes a time that nobody has set.
        call("0001-01-01T00:00:00.000Z", "2026-11-22T12:00:00.000Z", "9999-12-31T23:59:59.999Z");
        Reader reader = new Reader(dir, "--zone", "UTC");

        assertThat(reader.json("cost", "--by", "day").get("cost").findValuesAsText("period"))
                .containsExactly("0001-01-01", "2026-11-22", "9999-12-31");
        assertThat(reader.json("cost", "--by", "week").get("cost").findValuesAsText("calls")).containsExactly("1", "1", "1");
        assertThat(reader.json("cost", "--by", "month").get("cost").findValuesAsText("calls")).containsExactly("1", "1", "1");
    }

    @Test
    void aDayThatAZoneLeftOutHasNothing() {
        call("2011-12-30T09:59:59.999Z", "2011-12-30T10:00:00.000Z");
        Reader apia = new Reader(dir, "--zone", "Pacific/Apia");

        assertThat(apia.json("cost", "--by", "day").get("cost").findValuesAsText("period")).containsExactly("2011-12-29", "2011-12-31");
        assertThat(calls(apia.at(Clock.fixed(Instant.parse("2011-12-30T12:00:00Z"), ZoneOffset.UTC)).ask("cost", "--json", "--since", "yesterday",
                "--until", "yesterday"))).isEqualTo(1);
        assertThat(apia.ask("cost", "--since", "2011-12-30", "--until", "2011-12-30").code()).isEqualTo(2);
    }

    @ParameterizedTest(name = "{0} in {1} is {2}")
    @CsvSource({"2026-12-31T12:00:00.000Z, week, 2026-W53", "2027-01-03T12:00:00.000Z, week, 2026-W53", "2027-01-04T12:00:00.000Z, week, 2027-W01",
        "2024-12-30T12:00:00.000Z, week, 2025-W01", "2021-01-01T12:00:00.000Z, week, 2020-W53", "2026-12-31T23:30:00.000Z, week, 2026-W53",
        "2026-11-30T23:30:00.000Z, month, 2026-12", "2024-02-29T12:00:00.000Z, month, 2024-02"})
    void weeksAreThoseOfIsoAndMonthsThoseOfTheCalendar(String time, String by, String name) {
        call(time);

        JsonNode rows = new Reader(dir, "--zone", "Europe/Berlin").json("cost", "--by", by).get("cost");

        assertThat(rows.findValuesAsText("period")).containsExactly(name);
    }

    @ParameterizedTest(name = "in {0} the first and the last millisecond of all are of {1} {2} and {3}")
    @CsvSource({"America/New_York, day, -0001-12-31, 9999-12-31", "America/New_York, month, -0001-12, 9999-12",
        "America/New_York, week, -0001-W52, 9999-W52", "Asia/Tokyo, day, 0000-01-01, +10000-01-01", "Asia/Tokyo, month, 0000-01, +10000-01",
        "Asia/Tokyo, week, -0001-W52, 9999-W52"})
    void theFirstAndTheLastMillisecondOfAllHaveNamesThatAreNotCut(String zone, String by, String first, String last) {
        call("9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00.000Z");
        Reader reader = new Reader(dir, "--zone", zone);

        JsonNode rows = reader.json("cost", "--by", by).get("cost");

        assertThat(rows.findValuesAsText("period")).containsExactly(first, last);
        assertThat(rows.findValuesAsText("calls")).containsExactly("1", "1");
        for (String until : List.of("0001-01-01", "0000-01-02T00:00Z", "0000-01-01T00:00:00.001Z")) {
            assertThat(calls(reader.ask("cost", "--json", "--until", until))).as(until).isEqualTo(1);
        }
        assertThat(calls(reader.ask("cost", "--json", "--since", "9999-12-31T23:59:59.999Z"))).isEqualTo(1);
        assertThat(calls(reader.ask("cost", "--json", "--since", "-0001-12-31T00:00", "--until", "+10000-01-02T00:00"))).isEqualTo(2);
        assertThat(reader.ask("cost", "--json", "--since", "+10000-01-01T00:00Z").code()).isEqualTo(1);
        assertThat(reader.ask("cost", "--json", "--until", "-0001-12-31T00:00Z").code()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "Pacific/Apia", "Africa/Cairo", "America/Sao_Paulo", "Asia/Kathmandu", "America/St_Johns", "America/Havana",
        "Australia/Lord_Howe", "Antarctica/Troll"})
    void theSumOverAllDaysWeeksOrMonthsIsTheTotal(String zone) throws SQLException {
        Random random = Corpus.random(getClass());
        long begin = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();
        long end = Instant.parse("2027-06-01T00:00:00Z").toEpochMilli();
        List<Instant> times = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            // Half of them around midnights.
            Instant any = Instant.ofEpochMilli(begin + random.nextLong(end - begin));
            times.add(i % 2 == 0 ? any : any.atZone(ZoneId.of(zone)).toLocalDate().atStartOfDay(ZoneId.of(zone)).toInstant()
                    .plusMillis(random.nextInt(7_200_000) - 3_600_000));
        }
        call(times.stream().map(DaysTest::stored).toArray(String[]::new));
        Reader reader = new Reader(dir, "--zone", zone);

        for (String by : List.of("day", "week", "month")) {
            for (List<String> cut : List.of(List.<String>of(), List.of("--since", "2011-12-29T13:14:15.678", "--until", "2018-11-04T00:30"))) {
                List<String> args = new ArrayList<>(List.of("cost"));
                args.addAll(cut);
                JsonNode total = reader.json(args.toArray(String[]::new)).get("cost");
                args.addAll(List.of("--by", by));
                JsonNode parts = reader.json(args.toArray(String[]::new)).get("cost");

                BigDecimal sum = BigDecimal.ZERO;
                long calls = 0;
                for (JsonNode part : parts) {
                    sum = sum.add(part.get("cost_usd").decimalValue());
                    calls += part.get("calls").asLong();
                }
                assertThat(calls).as("%s in %s", by, zone).isEqualTo(total.get("calls").asLong());
                assertThat(sum.doubleValue()).isCloseTo(total.get("cost_usd").doubleValue(), org.assertj.core.data.Offset.offset(1e-6));
                assertThat(parts.findValuesAsText("period")).isSorted().doesNotHaveDuplicates();
            }
        }
    }

    @ParameterizedTest(name = "at 12:00 Berlin: {0} is the calls {1}")
    @CsvSource(delimiter = '|', value = {
        "--last 30m | 11:45 23:59", "--last 2h | 10:30 11:45 23:59", "--last 24h | -1d 10:30 11:45 23:59",
        "--last 23h | 10:30 11:45 23:59", "--last 1d | -1d 10:30 11:45 23:59", "--last 1w | -7d -1d 10:30 11:45 23:59",
        "--today | 10:30 11:45 23:59", "--since today | 10:30 11:45 23:59", "--since yesterday --until yesterday | -1d",
        "--since 2026-10-24T12:00 --until 2026-10-25T10:30 | -1d", "--since 2026-10-25T09:30Z | 10:30 11:45 23:59",
        "--since 2026-10-25T11:30+02:00 | 10:30 11:45 23:59", "--until 2026-10-25T10:30:00.001 | -7d -1d 10:30", "--since now | 23:59",
        "--until now | -7d -1d 10:30 11:45"})
    void aTimeCanBeSaidInManyWays(String asked, String expected) {
        // Somebody's clock is ahead; his calls are not lost to those who look at the last minutes.
        // The clocks went back in the night: 24 hours ago it was 13:00 by the clock, a day ago 12:00.
        Map<String, String> times = Map.of("-7d", "2026-10-18T10:00:00.000Z", "-1d", "2026-10-24T11:30:00.000Z", "10:30", "2026-10-25T09:30:00.000Z",
                "11:45", "2026-10-25T10:45:00.000Z", "23:59", "2026-10-25T22:59:59.999Z");
        call(times.values().toArray(String[]::new));
        Reader noon = new Reader(dir, "--zone", "Europe/Berlin").at(Clock.fixed(Instant.parse("2026-10-25T11:00:00Z"), ZoneOffset.UTC));
        List<String> args = new ArrayList<>(List.of("cost", "--json"));
        args.addAll(Arrays.asList(asked.strip().split(" ")));

        assertThat(calls(noon.ask(args.toArray(String[]::new)))).isEqualTo(expected.strip().split(" ").length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--since 2026-13-01", "--since 2026-02-30", "--since tomorrow", "--since 22.11.2026", "--since 10:15", "--until never",
        "--since 2026-11-22T25:00", "--since -", "--since=", "--since T", "--last 0h", "--last 7", "--last d", "--last -1d", "--last 1y",
        "--last 1.5h", "--last 9999999d", "--today --last 1d", "--today --since today", "--last 1d --until today",
        "--since 2026-11-22 --until 2026-11-21", "--since now --until now", "--zone Europe/Atlantis", "--zone 25:00", "--zone="})
    void whatIsNoTimeIsASentenceThatNamesTheOption(String asked) {
        call("2026-11-22T00:00:00.000Z");
        List<String> args = new ArrayList<>(List.of("cost"));
        args.addAll(Arrays.asList(asked.split(" ")));

        Reader.Answered answered = new Reader(dir).ask(args.toArray(String[]::new));

        assertThat(answered.code()).as("%s", answered).isEqualTo(2);
        assertThat(answered.err()).startsWith("tac8: ").contains(asked.split("[ =]")[0]).doesNotContain("\tat ");
        assertThat(answered.out()).isEmpty();
    }

    private static String shifted(String moment, int milliseconds) {
        return stored(Instant.parse(moment).plusMillis(milliseconds));
    }

    private static String stored(Instant moment) {
        return java.time.format.DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").format(moment.atZone(ZoneOffset.UTC));
    }

    /** Calls of a cent each; those before the year 0 or behind 9999 no record can have. */
    private void call(String... times) {
        try (Connection connection = Reader.connect(store); PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO api_calls (worker_id, timestamp, model, estimated_cost_usd, record_id) VALUES ('w', ?, 'm', 0.01, ?)")) {
            connection.setAutoCommit(false);
            for (int i = 0; i < times.length; i++) {
                if (times[i].matches("\\d.*")) {
                    insert.setString(1, times[i]);
                    insert.setString(2, "c" + i);
                    insert.execute();
                }
            }
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int calls(Reader.Answered answered) {
        assertThat(answered.code()).as("%s", answered).isZero();
        return answered.json().get("cost").get("calls").asInt();
    }

    @Test
    void costSaysWhoseDaysItMeans() {
        Reader.insert(store, "api_calls", Map.of("record_id", "c", "worker_id", "w", "timestamp", "2026-11-22T10:00:00.000Z", "model", "m"));
        Reader reader = new Reader(dir);

        assertThat(reader.ask("cost", "--by", "day", "--zone", "Asia/Tokyo").out()).contains("Days are those of Asia/Tokyo.");
        assertThat(reader.ask("cost", "--since", "2026-11-22", "--zone", "Asia/Tokyo").out()).contains("Days are those of Asia/Tokyo.");
    }
}
