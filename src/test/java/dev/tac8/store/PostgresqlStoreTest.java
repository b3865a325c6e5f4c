package dev.tac8.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.PostgresqlServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresqlStoreTest {
    private static final Path SQL = Path.of("sql");
    private static final int HOSTS = 8;

    @TempDir
    private static Path dir;
    private static PostgresqlServer server;

    @BeforeAll
    static void start() throws Exception {
        server = PostgresqlServer.start(dir);
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    private static PostgresqlStore store(String database, String password) throws Exception {
        return new PostgresqlStore(new PostgresqlStore.Server(server.url(database) + "?sslmode=prefer", PostgresqlServer.USER, password, 1, 10), SQL);
    }

    private static PostgresqlStore store(String database) throws Exception {
        return store(database, PostgresqlServer.PASSWORD);
    }

    @Test
    void makesItsTablesOnceWhenManyHostsComeAtOnce() throws Exception {
        server.create("many");
        ExecutorService threads = Executors.newFixedThreadPool(HOSTS);
        try {
            List<Callable<Void>> checks = Stream.generate(() -> (Callable<Void>) () -> {
                try (PostgresqlStore store = store("many")) {
                    store.check();
                }
                return null;
            }).limit(HOSTS).toList();
            for (Future<Void> check : threads.invokeAll(checks)) {
                check.get();
            }
        } finally {
            threads.shutdown();
        }
        try (Connection connection = server.connect("many"); Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT (SELECT count(*) FROM tac8_schema), (SELECT count(*) FROM sessions)")) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(1);
            assertThat(rows.getInt(2)).as("the stand-in").isEqualTo(1);
        }
    }

    @Test
    void refusesTablesOfANewerTac8InOneSentence() throws Exception {
        server.create("newer");
        try (PostgresqlStore store = store("newer"); Connection connection = server.connect("newer"); Statement statement = connection.createStatement()) {
            store.check();
            statement.execute("INSERT INTO tac8_schema (version) VALUES (99)");
            store.evict();

            assertThatThrownBy(store::check).isInstanceOf(RefusedException.class).hasMessage("the database " + server.url("newer")
                    + " was made by a newer tac8 (its tables are of version 99, and this one knows 1), and would lose what only that one knows: update tac8 here");
        }
    }

    @Test
    void refusesADatabaseWithTablesOfSomebodyElse() throws Exception {
        server.create("others");
        try (PostgresqlStore store = store("others"); Connection connection = server.connect("others"); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE tasks (title text)");

            assertThatThrownBy(store::check).isInstanceOf(RefusedException.class).hasMessageContaining("holds tables that are not tac8's");
        }
    }

    @Test
    void refusesADatabaseThatDoesNotTakeEachText() throws Exception {
        server.create("latin ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0");
        try (PostgresqlStore store = store("latin")) {
            assertThatThrownBy(store::check).isInstanceOf(RefusedException.class).hasMessageContaining("keeps texts in LATIN1");
        }
    }

    @Test
    void saysWhyItCannotBeUsedAndNotWithWhichPassword() throws Exception {
        try (PostgresqlStore store = store("postgres", "a wrong one")) {
            assertThatThrownBy(store::check).isInstanceOf(StoreException.class).hasMessageContaining("the external store " + server.url("postgres") + " cannot be used")
                    .hasMessageContaining("password authentication failed").hasMessageNotContaining("a wrong one");
            assertThat(store.isThere()).isFalse();
        }
    }

    @Test
    void commitsNothingThatAStatementHasLeftOut() throws Exception {
        server.create("left_out");
        Row row = new Row(new Row.Columns("sessions", List.of("session_id", "started_at")));
        row.put("session_id", "s");
        row.put("started_at", "2026-11-22T10:00:00.000Z");
        try (PostgresqlStore store = store("left_out"); Connection connection = store.getConnection()) {
            connection.setAutoCommit(false);
            PostgresqlDriver.get().copy(connection, store.copyOf("sessions"), new CopyText(List.of(row), List.of("session_id", "started_at", "ended_at", "git_commit",
                    "exit_reason", "config")));
            assertThatThrownBy(() -> store.beforeCommit(connection)).isInstanceOf(StatementException.class)
                    .hasMessageContaining("have not stored 1 rows of sessions");

            connection.rollback();
            store.beforeCommit(connection);
        }
    }

    @Test
    void waitsForTheDiskEvenWhereSomebodyHasSwitchedThatOff() throws Exception {
        server.create("lazy");
        try (Connection connection = server.connect("lazy"); Statement statement = connection.createStatement()) {
            statement.execute("ALTER DATABASE lazy SET synchronous_commit = off");
        }
        try (PostgresqlStore store = store("lazy"); Connection connection = store.getConnection(); Statement statement = connection.createStatement();
             ResultSet shown = statement.executeQuery("SHOW synchronous_commit")) {
            shown.next();
            assertThat(shown.getString(1)).isEqualTo("on");
        }
    }
}
