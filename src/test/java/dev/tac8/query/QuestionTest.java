package dev.tac8.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.store.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of sql/query belong to people who edit them. */
class QuestionTest {
    @TempDir
    private Path dir;

    @Test
    void aParameterIsBoundWhereverItsNameStandsAndNowhereElse() throws Exception {
        Rows rows = ask("""
                -- What :this line says is nothing.
                SELECT :b AS b, ':c' AS c, :a AS a, "it's :d" AS d, :b AS b_again -- it's :e
                FROM (SELECT 1 AS "it's :d")
                WHERE :a = 'one' -- if a
                  AND :f = 3 -- if f
                """, Map.of("a", "one", "b", 2));

        assertThat(rows.columns()).containsExactly("b", "c", "a", "d", "b_again");
        assertThat(rows.rows()).containsExactly(new Object[] {2, ":c", "one", 1, 2});
    }

    @Test
    void aParameterMayBeNullButNotForgotten() throws Exception {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("limit", null);

        assertThat(ask("SELECT :limit IS NULL AS missing", parameters).number("missing")).isEqualTo(1);
        assertThatThrownBy(() -> ask("SELECT :limt", parameters)).isInstanceOf(SQLException.class)
                .hasMessage("it asks for :limt, which is not given");
    }

    @Test
    void aStatementStandsForWhatIsInTheFileThatItNames() throws Exception {
        part("calls", "-- What :this says is nothing.\nSELECT * FROM ($all.sql)\nWHERE 1\n  AND a > :least -- if least");
        part("all", "SELECT 1 AS a UNION ALL SELECT 2");

        assertThat(ask("SELECT sum(a) AS sum FROM ($calls.sql) AS calls", Map.of()).number("sum")).isEqualTo(3);
        assertThat(ask("SELECT sum(a) AS sum FROM ($calls.sql) AS calls", Map.of("least", 1)).number("sum")).isEqualTo(2);
        part("all", "SELECT * FROM ($calls.sql)");
        assertThatThrownBy(() -> ask("SELECT * FROM ($calls.sql)", Map.of())).isInstanceOf(RefusedException.class).hasMessageContaining("names itself");
        assertThatThrownBy(() -> ask("SELECT * FROM ($cals.sql)", Map.of())).isInstanceOf(RefusedException.class)
                .hasMessage("the statement " + dir.resolve("cals.sql") + " is missing: it belongs to tac8, put it back");
    }

    private void part(String name, String statement) throws Exception {
        Files.writeString(dir.resolve(name + ".sql"), statement);
    }

    private Rows ask(String statement, Map<String, ?> parameters) throws Exception {
        Path file = Files.writeString(dir.resolve("question.sql"), statement);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            return Question.read(file).ask(connection, parameters);
        }
    }
}
