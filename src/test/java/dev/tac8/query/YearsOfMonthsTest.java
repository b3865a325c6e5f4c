package dev.tac8.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.Home;
import dev.tac8.settings.Settings;
import dev.tac8.store.Months;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * Every question is answered over two stores and years of months that are attached beside them, though SQLite compiles what a CTE or a
 * view stands for anew each time that one is named, and ends at about a thousand.
 */
class YearsOfMonthsTest {
    /** Also a question that looks for workers twice over in each month compiles over all that can be attached, but that takes seconds. */
    private static final int MONTHS = Integer.getInteger("tac8.test.attached-months", 50);

    @TempDir
    private static Path dir;
    private static Stores stores;

    @BeforeAll
    static void open() throws Exception {
        new Home(dir);
        for (String name : List.of("external", "local")) {
            Path store = Files.createDirectories(dir.resolve("var").resolve(name)).resolve("logs.db");
            Files.writeString(store.resolveSibling(".tac8-volume"), "11111111-2222-3333-4444-555555555555\n");
            try (Connection made = DriverManager.getConnection("jdbc:sqlite:" + store); Statement statement = made.createStatement()) {
                ScriptUtils.executeSqlScript(made, new FileSystemResource("sql/schema.sql"));
                statement.executeUpdate("INSERT INTO sessions (session_id, started_at) VALUES ('s', '2026-11-22T00:00:00.000Z')");
            }
        }
        Settings settings = Settings.load(dir, Map.of(), Map.of());
        Path folder = Files.createDirectories(Months.folder(settings));
        for (int month = 0; month < MONTHS + 1; month++) {
            Files.copy(dir.resolve("var/external/logs.db"), Months.file(folder, YearMonth.of(2010, 1).plusMonths(month).toString()));
        }
        stores = Stores.open(settings, Reach.EVERYTHING, Map.of(), MONTHS, () -> { });
    }

    @AfterAll
    static void close() {
        stores.close();
    }

    static List<String> questions() {
        return Sample.questions();
    }

    @ParameterizedTest
    @MethodSource("questions")
    void everyQuestionIsAnsweredWithNoneWithEachWithEachTwoAndWithAllOfItsOptions(String question) throws Exception {
        Sample sample = Sample.of(Path.of("sql/query", question + ".sql"));
        for (Set<String> chosen : choices(sample.options())) {
            Map<String, Object> parameters = sample.parameters(chosen);

            assertThatCode(() -> stores.ask(question, parameters)).as("with %s", parameters.keySet()).doesNotThrowAnyException();
        }
        assertThat(stores.missing()).isEmpty();
    }

    @Test
    void whatAQuestionFindsFirstIsCompiledOnceAndAnswersAlike() throws Exception {
        String doubling = """
                WITH calls AS MATERIALIZED ( -- found first
                    SELECT worker_id FROM api_calls
                    UNION ALL SELECT :worker
                ) -- and kept
                , two AS (SELECT * FROM calls UNION ALL SELECT * FROM calls)
                , four AS (SELECT * FROM two UNION ALL SELECT * FROM two)
                , eight AS (SELECT * FROM four UNION ALL SELECT * FROM four)
                , more AS (SELECT * FROM eight UNION ALL SELECT * FROM eight)
                SELECT count(*) AS rows FROM more UNION ALL SELECT count(*) FROM more
                """;
        Map<String, String> worker = Map.of("worker", "w-1");

        assertThat(ask(doubling, worker).values("rows")).isEqualTo(List.of(16, 16));
        assertThat(ask(doubling, worker).values("rows")).isEqualTo(List.of(16, 16));
        assertThatThrownBy(() -> ask(doubling.replaceAll("-- found first|-- and kept", ""), worker)).hasMessageContaining("nested too deep");
    }

    @Test
    void whatAnotherStatementFindsFirstIsFoundInItsPlace() throws Exception {
        String one = "WITH one AS MATERIALIZED ( -- found first\n  SELECT worker_id, ')' AS text FROM api_calls UNION ALL SELECT :worker, '('\n) -- and kept\n";

        assertThat(ask("WITH its AS (" + one + "SELECT * FROM one) SELECT text FROM its", Map.of("worker", "w-1")).values("text")).isEqualTo(List.of("("));
        assertThat(ask(one + ", two AS (" + one.replace("WITH one", "WITH two") + "SELECT * FROM two) SELECT text FROM one UNION ALL SELECT text FROM two",
                Map.of("worker", "w-1")).values("text")).isEqualTo(List.of("(", "("));
    }

    private static Rows ask(String statement, Map<String, ?> parameters) throws Exception {
        Files.writeString(dir.resolve("sql/query/found-first.sql"), statement);
        return stores.ask("found-first", Question.read(dir.resolve("sql/query/found-first.sql")), parameters);
    }

    private static Set<Set<String>> choices(Set<String> options) {
        Set<Set<String>> choices = new LinkedHashSet<>(List.of(Set.of(), options));
        options.forEach(one -> options.forEach(other -> choices.add(new TreeSet<>(List.of(one, other)))));
        return choices;
    }
}
