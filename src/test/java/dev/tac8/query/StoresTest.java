package dev.tac8.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.Home;
import dev.tac8.SixthTable;
import dev.tac8.settings.Settings;
import dev.tac8.store.Months;
import dev.tac8.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/** What is opened of the stores and the archive, and when. In month n a worker of its own makes a call that costs n, of one task. */
class StoresTest {
    private static final Period SINCE_LATE = new Period(Instant.parse("2026-10-01T00:00:00Z"), null);
    private static final Runnable NOTHING = () -> { };

    @TempDir
    private Path dir;
    private Settings settings;
    private Path external;

    @BeforeEach
    void makeHome() throws Exception {
        new Home(dir);
        settings = Settings.load(dir, Map.of(), Map.of());
        external = make("var/external/logs.db");
        Files.writeString(dir.resolve("var/external/.tac8-volume"), "11111111-2222-3333-4444-555555555555\n");
    }

    @ParameterizedTest
    @CsvSource({"2026-05-01T00:00:00Z, 2026-05-31T23:59:59.999Z, false true false", "2026-04-30T23:59:59.999Z, 2026-06-01T00:00:00.001Z, true true true",
            "2026-04-01T00:00:00Z, 2026-06-01T00:00:00Z, true true false", "2026-05-31T23:59:59.999Z, 2026-06-30T00:00:00Z, false true true",
            "2026-07-01T00:00:00Z, 2026-07-02T00:00:00Z, false false false", "1999-01-01T00:00:00Z, 2026-05-01T00:00:00Z, true false false"})
    void aTimeNeedsTheMonthsThatItTouches(Instant since, Instant until, String expected) {
        Period period = new Period(since, until);

        assertThat(List.of("2026-04", "2026-05", "2026-06").stream().map(month -> String.valueOf(Reach.records(period).needs(month))))
                .containsExactly(expected.split(" "));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void whatLacksATableIsCopiedWithoutIt(int most) throws Exception {
        fill(3);
        SixthTable.addTo(new Home(dir));

        try (Stores stores = Stores.open(settings, Reach.EVERYTHING, Map.of(), most, NOTHING)) {
            assertThat(stores.missing()).isEmpty();
            assertThat(sum(stores)).isEqualTo(1000 + 6);
            if (most < 3) {
                assertThat(stores.askFreely("SELECT count(*) FROM surplus.reviews").rows().get(0)[0]).isEqualTo(0);
            }
        }
    }

    @Test
    void aTimeAfterTheNewestMonthOpensNothingMore() throws Exception {
        fill(3);
        Files.writeString(month(2), "this was a database ".repeat(500));

        try (Stores stores = Stores.open(settings, Reach.records(SINCE_LATE))) {
            assertThat(stores.missing()).isEmpty();
            assertThat(stores.askFreely("SELECT name FROM pragma_database_list").rows()).extracting(row -> row[0]).containsOnly("main");
            assertThat(stores.askFreely("SELECT count(*) FROM sqlite_temp_schema").rows().get(0)[0]).isEqualTo(0);
        }
        try (Stores stores = Stores.open(settings, Reach.ACTIVE)) {
            assertThat(stores.missing()).isEmpty();
            assertThat(sum(stores)).isEqualTo(1000);
        }
    }

    @Test
    void onlyWhatAQuestionNamesIsJoinedAndOnlyWhomItIsAbout() throws Exception {
        fill(3);
        try (Stores stores = Stores.open(settings, Reach.of("task", "gh-0"))) {
            assertThat(made(stores)).isEmpty();
            stores.ask("cost", Map.of("task", "gh-0"));
            assertThat(made(stores)).contains("workers", "concerned").doesNotContain("tasks", "sessions");
            assertThat(stores.ids("task")).containsExactly("gh-0", "gh-1", "gh-2", "gh-3", "gh-all");
        }
        try (Stores stores = Stores.open(settings, Reach.of("task", "gh-2"))) {
            assertThat(stores.askFreely("SELECT task_id FROM tasks").rows()).extracting(row -> row[0]).containsExactly("gh-2");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 6})
    void whatCannotBeAttachedIsCopied(int most) throws Exception {
        fill(6);

        try (Stores stores = Stores.open(settings, Reach.EVERYTHING, Map.of(), most, NOTHING)) {
            assertThat(stores.missing()).isEmpty();
            assertThat(sum(stores)).isEqualTo(1000 + 21);
            Rows all = stores.ask("tasks", Map.of("task", "gh-all"));
            assertThat(all.number("workers")).isEqualTo(7);
            assertThat(all.first("cost_usd")).isEqualTo(1021.0);
            assertThat(all.text("title")).isEqualTo("title 6");
            assertThat(all.text("detected_at")).isEqualTo("2020-01-01T00:00:00.000Z");
        }
        Period third = new Period(Instant.parse("2020-03-01T00:00:00Z"), Instant.parse("2020-04-01T00:00:00Z"));
        try (Stores stores = Stores.open(settings, Reach.calls(third), Map.of(), most, NOTHING)) {
            Rows cost = stores.ask("cost-by-task", Map.of("since", "2020-03-01T00:00:00.000Z", "until", "2020-04-01T00:00:00.000Z"));
            assertThat(cost.first("cost_usd")).isEqualTo(3.0);
            assertThat(cost.text("title")).isEqualTo("title 6");
        }
    }

    @Test
    void aSurplusMonthThatIsDamagedIsMissingWhole() throws Exception {
        fill(4);
        Files.writeString(month(2), "this was a database ".repeat(500));

        try (Stores stores = Stores.open(settings, Reach.EVERYTHING, Map.of(), 1, NOTHING)) {
            assertThat(sum(stores)).isEqualTo(1000 + 8);
            assertThat(stores.missing()).singleElement().asString().contains("the archive of 2020-02", "file is not a database");
        }
    }

    @Test
    void elevenYearsOfMonthsAreAnsweredInOne() throws Exception {
        fill(130);

        try (Stores stores = Stores.open(settings, Reach.EVERYTHING)) {
            assertThat(stores.missing()).isEmpty();
            assertThat(sum(stores)).isEqualTo(1000 + 130 * 131 / 2);
            assertThat(stores.ask("tasks", Map.of("task", "gh-all")).number("workers")).isEqualTo(131);
            assertThat(stores.ask("cost-by-task", Map.of()).number("workers")).isEqualTo(131);
            assertThat(stores.ask("why", Map.of("task", "gh-all")).rows()).hasSize(1 + 131 * 2);
            assertThat(stores.ask("events", Map.of()).rows()).hasSize(130);
        }
    }

    @Test
    void ofOneTaskElevenYearsOfMonthsAreAnsweredInOne() throws Exception {
        fill(130);

        try (Stores stores = Stores.open(settings, Reach.of("task", "gh-all"))) {
            assertThat(stores.ask("tasks", Map.of("task", "gh-all")).number("workers")).isEqualTo(131);
            assertThat(stores.ask("why", Map.of("task", "gh-all")).rows()).hasSize(1 + 131 * 2);
            assertThat(made(stores)).contains("concerned", "found_1");
        }
    }

    @Test
    void aMonthThatAppearsBetweenListingAndReadingIsRead() throws Exception {
        fill(2);
        AtomicInteger calls = new AtomicInteger();
        Runnable archiver = () -> {
            if (calls.incrementAndGet() <= 2) {
                move(calls.get() + 6);
            }
        };
        for (int i = 0; i < 3; i++) {
            // Moves what was active to a month that nobody had heard of, twice.
            execute(external, "INSERT INTO api_calls (worker_id, timestamp, model, estimated_cost_usd, record_id) VALUES ('w-0',"
                    + " '2020-0" + (7 + i) + "-01T00:00:00.000Z', 'm', 10, 'later-" + (7 + i) + "')");
        }
        try (Stores stores = Stores.open(settings, Reach.EVERYTHING, Map.of(), 100, archiver)) {
            assertThat(sum(stores)).isEqualTo(1000 + 3 + 30);
        }
        assertThat(calls).hasValue(3);
        // Of a time that it is not part of it may appear as it likes.
        calls.set(0);
        try (Stores stores = Stores.open(settings, Reach.records(SINCE_LATE), Map.of(), 100, () -> move(9))) {
            assertThat(sum(stores)).isEqualTo(1000);
        }
    }

    @Test
    void anArchiveThatNeverStandsStillIsASentence() throws Exception {
        fill(1);
        AtomicInteger calls = new AtomicInteger(1);

        assertThatThrownBy(() -> Stores.open(settings, Reach.EVERYTHING, Map.of(), 100, () -> move(calls.incrementAndGet())))
                .isInstanceOf(StoreException.class).hasMessageContaining("ask again");
        assertThat(calls).hasValue(21);
    }

    @Test
    void aMonthThatIsOnlyBegunWhenItIsListedIsReadWhenItHoldsSomething() throws Exception {
        fill(1);
        Files.createFile(month(7));
        execute(external, "INSERT INTO api_calls (worker_id, timestamp, model, estimated_cost_usd, record_id) VALUES ('w-0',"
                + " '2020-07-01T00:00:00.000Z', 'm', 10, 'later-7')");

        try (Stores stores = Stores.open(settings, Reach.EVERYTHING, Map.of(), 100, () -> move(7))) {
            assertThat(sum(stores)).isEqualTo(1000 + 1 + 10);
        }
    }

    private static double sum(Stores stores) throws SQLException {
        return ((Number) stores.ask("cost", Map.of()).first("cost_usd")).doubleValue();
    }

    private static List<Object> made(Stores stores) throws SQLException {
        return stores.askFreely("SELECT name FROM sqlite_temp_schema WHERE type IN ('table', 'view')").rows().stream().map(row -> row[0]).toList();
    }

    private Path month(int number) {
        return Months.file(Months.folder(settings), YearMonth.of(2020, 1).plusMonths(number - 1).toString());
    }

    /** Task gh-all has a worker each month; each month a task of its own has none. The task's title is the newest month's. */
    private void fill(int months) throws Exception {
        rows(external, 0, 1000, "2026-11-01");
        for (int number = 1; number <= months; number++) {
            Path file = month(number);
            Files.createDirectories(file.getParent());
            Files.copy(external.resolveSibling("empty.db"), file);
            rows(file, number, number, YearMonth.of(2020, 1).plusMonths(number - 1) + "-01");
            execute(file, "INSERT INTO events (session_id, timestamp, event_type, severity, message, record_id) VALUES ('s', '"
                    + YearMonth.of(2020, 1).plusMonths(number - 1) + "-02T00:00:00.000Z', 't', 'info', 'm', 'event-" + number + "')");
        }
    }

    private static void rows(Path store, int number, int dollars, String day) throws Exception {
        execute(store, "INSERT INTO sessions (session_id, started_at) VALUES ('s', '" + day + "T00:00:00.000Z')",
                "INSERT INTO tasks (task_id, session_id, detected_at, status, title) VALUES ('gh-all', 's', '" + day
                        + "T00:00:00.000Z', 'detected', " + (number == 0 ? "NULL" : "'title " + number + "'") + ")",
                "INSERT INTO tasks (task_id, session_id, detected_at, status) VALUES ('gh-" + number + "', 's', '" + day + "T00:00:00.000Z', 'detected')",
                "INSERT INTO workers (worker_id, session_id, task_id, spawned_at, status) VALUES ('w-" + number + "', 's', 'gh-all', '" + day
                        + "T00:00:00.000Z', 'spawned')",
                "INSERT INTO api_calls (worker_id, timestamp, model, estimated_cost_usd, record_id) VALUES ('w-" + number + "', '" + day
                        + "T01:00:00.000Z', 'm', " + dollars + ", 'call-" + number + "')");
    }

    /** What the archive does with a month: copies, commits, and only then deletes. */
    private void move(int number) {
        try {
            Path file = month(number);
            schema(file);
            String records = "FROM main.api_calls WHERE record_id = 'later-" + number + "'";
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + external); Statement statement = connection.createStatement()) {
                statement.execute("ATTACH '" + file + "' AS a");
                statement.execute("INSERT OR IGNORE INTO a.workers SELECT * FROM main.workers");
                statement.execute("INSERT INTO a.api_calls SELECT * " + records);
                statement.execute("DELETE " + records);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes an empty store, and beside the first one a copy to make others of. */
    private Path make(String name) throws Exception {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        schema(file);
        if (external == null) {
            Files.copy(file, file.resolveSibling("empty.db"));
        }
        return file;
    }

    private static void schema(Path file) throws SQLException {
        try (Connection store = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            ScriptUtils.executeSqlScript(store, new FileSystemResource("sql/schema.sql"));
        }
    }

    private static void execute(Path store, String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String each : statements) {
                statement.executeUpdate(each);
            }
            connection.commit();
        }
    }
}
