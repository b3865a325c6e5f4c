package dev.tac8.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.PostgresqlServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresqlStoreTest {
    private static final Path SQL = Path.of("sql");
    private static final int HOSTS = 8;

    @TempDir
    private static Path dir;
    private static PostgresqlServer server;
    private static boolean made;

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

            assertThatThrownBy(store::check).isInstanceOf(RefusedException.class).hasMessage("the database " + server.url("others")
                    + " holds tables, and no row of tac8_schema says that they are tac8's (ERROR: relation \"tasks\" already exists): make a database for tac8 alone, or put"
                    + " back tac8_schema if they are");
        }
    }

    @Test
    void saysWhatWasLeftOfTablesThatWereDropped() throws Exception {
        server.create("left_over");
        try (PostgresqlStore store = store("left_over"); Connection connection = server.connect("left_over"); Statement statement = connection.createStatement()) {
            store.check();
            statement.execute("DROP TABLE api_calls, events, workers, tasks, sessions, tac8_schema");
            store.evict();

            assertThatThrownBy(store::check).isInstanceOf(RefusedException.class).hasMessage("the database " + server.url("left_over")
                    + " holds a type or a function that tac8 would make, and no row of tac8_schema says that it is tac8's (ERROR: type \"text_c\" already exists): if it was left when"
                    + " tac8's tables were dropped, drop it, too; put back tac8_schema if they are there; or make a database for tac8 alone");
            statement.execute("DROP FUNCTION usage_since; DROP DOMAIN text_c");
            store.check();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ALTER TABLE events ALTER severity TYPE varchar(10) | is not one of this tac8 (the column events.severity is character varying(10) COLLATE "default", not text COLLATE "C"): put that back as sql/postgresql/0*.sql have it
            CREATE UNIQUE INDEX one_message ON events (message) | has the unique index one_message at its table events, which may change or refuse what is stored, so nothing is written there until it is gone
            DELETE FROM tac8_schema | holds tables, and no row of tac8_schema says that they are tac8's (ERROR: relation "tac8_schema" already exists)
            """)
    void refusesTablesThatSomebodyHasChangedAndSaysWhat(String change, String sentence) throws Exception {
        try (PostgresqlStore store = altered(change)) {
            assertThatThrownBy(store::check).isInstanceOf(StoreException.class).hasMessageStartingWith("the database " + server.url("altered") + " ")
                    .hasMessageContaining(sentence);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ALTER TABLE tasks ALTER title TYPE text | (the column tasks.title is text COLLATE "default", not text COLLATE "C")
            ALTER TABLE workers RENAME pid TO process | (it lacks the column workers.pid)
            ALTER TABLE api_calls ALTER tokens_input TYPE numeric | (the column api_calls.tokens_input is numeric, not bigint)
            ALTER TABLE events ALTER changed_in DROP DEFAULT | (the column events.changed_in is xid8 NOT NULL, not xid8 NOT NULL DEFAULT pg_current_xact_id())
            ALTER TABLE workers ALTER log_file SET NOT NULL | (the column workers.log_file is text COLLATE "C" NOT NULL, not text COLLATE "C")
            ALTER TABLE events DROP CONSTRAINT events_record_id_key | (it lacks the constraint of events: UNIQUE (record_id))
            ALTER TABLE workers DROP CONSTRAINT workers_task_id_fkey | (it lacks the constraint of workers: FOREIGN KEY (task_id) REFERENCES tasks(task_id))
            ALTER TABLE api_calls SET UNLOGGED | (the table api_calls is a table that is not logged, not a table)
            ALTER TABLE api_calls RENAME TO calls | (it lacks the table api_calls)
            ALTER DOMAIN text_c ADD CHECK (value <> 'x') | (the column api_calls.worker_id is text COLLATE "C" NOT NULL CHECK ((VALUE <> 'x'::text)), not text COLLATE "C" NOT NULL)
            ALTER TABLE tasks ADD CHECK (pr_number > 0) | has the constraint of tasks: CHECK ((pr_number > 0)) at its table tasks
            CREATE TABLE teams (team text_c PRIMARY KEY); ALTER TABLE tasks ADD FOREIGN KEY (title) REFERENCES teams | has the constraint of tasks: FOREIGN KEY (title) REFERENCES teams(team) at its table tasks
            ALTER TABLE events ADD FOREIGN KEY (context_id) REFERENCES tasks | has the constraint of events: FOREIGN KEY (context_id) REFERENCES tasks(task_id) at its table events
            ALTER TABLE events ADD FOREIGN KEY (session_id) REFERENCES sessions ON DELETE CASCADE | has the constraint of events: FOREIGN KEY (session_id) REFERENCES sessions(session_id) ON DELETE CASCADE
            ALTER TABLE api_calls ADD team text NOT NULL | has the column api_calls.team at its table api_calls
            CREATE RULE none AS ON INSERT TO events DO INSTEAD NOTHING | has the rule none at its table events
            CREATE TRIGGER less BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger() | has the trigger less at its table tasks
            ALTER TABLE events ENABLE ROW LEVEL SECURITY | has the row security of its rows at its table events
            ALTER DATABASE altered SET default_transaction_read_only = on | takes no writes from the user tac8: switch default_transaction_read_only off
            """)
    @Tag("thorough")
    void refusesTablesHoweverTheyWereChanged(String change, String sentence) throws Exception {
        refusesTablesThatSomebodyHasChangedAndSaysWhat(change, sentence);
    }

    @Test
    void leavesAloneWhatAnOperatorHasAdded() throws Exception {
        try (PostgresqlStore store = altered("ALTER TABLE tasks ADD team text; ALTER TABLE events ADD seen timestamptz NOT NULL DEFAULT now();"
                + " CREATE INDEX by_message ON events (message); ALTER TABLE api_calls ADD FOREIGN KEY (worker_id) REFERENCES workers; CREATE TABLE notes (note text UNIQUE); CREATE VIEW latest AS SELECT * FROM events;"
                + " ALTER TABLE events RENAME CONSTRAINT events_record_id_key TO one_of_each")) {
            store.check();
        }
    }

    /** A store whose tables were changed since they were made. */
    private static PostgresqlStore altered(String change) throws Exception {
        try (Connection connection = server.connect("postgres"); Statement statement = connection.createStatement()) {
            if (!made) {
                server.create("made");
                try (PostgresqlStore store = store("made")) {
                    store.check();
                }
                made = true;
            }
            statement.execute("DROP DATABASE IF EXISTS altered");
            server.create("altered TEMPLATE made");
        }
        try (Connection connection = server.connect("altered"); Statement statement = connection.createStatement()) {
            statement.execute(change);
        }
        return store("altered");
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
                    .hasMessageEndingWith("password authentication failed for user \"tac8\": mend tac8.postgresql.user or its password, and start tac8 again").hasMessageNotContaining("a wrong one");
            assertThat(store.isThere()).isFalse();
        }
    }

    @Test
    void commitsNothingThatAStatementHasLeftOut() throws Exception {
        server.create("left_out");
        try (PostgresqlStore store = store("left_out"); Connection connection = store.getConnection(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            copy(store, connection, "s");
            assertThatThrownBy(() -> store.beforeCommit(connection)).isInstanceOf(StatementException.class)
                    .hasMessageContaining("have not stored 1 of the rows of sessions");

            connection.rollback();
            store.beforeCommit(connection);

            copy(store, connection, "s");
            statement.execute("INSERT INTO sessions (session_id, started_at) SELECT session_id, started_at FROM new_sessions");
            store.beforeCommit(connection);
            connection.commit();

            copy(store, connection, "s", "t", "u");
            statement.execute("INSERT INTO sessions (session_id, started_at) SELECT session_id, started_at FROM new_sessions WHERE session_id = 't'");
            assertThatThrownBy(() -> store.beforeCommit(connection)).as("one is there unchanged, one is written, and one is left out")
                    .isInstanceOf(StatementException.class).hasMessageContaining("have not stored 1 of the rows of sessions");
        }
    }

    @Test
    void commitsNothingThatHangsOnARowThatIsNotThere() throws Exception {
        server.create("orphans");
        try (PostgresqlStore store = store("orphans"); Connection connection = store.getConnection(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            Map<String, String> call = Map.of("record_id", "c", "worker_id", "w", "timestamp", "2026-11-22T10:00:00.000Z", "model", "m");
            Map<String, String> worker = Map.of("worker_id", "w", "session_id", "unknown", "task_id", "unknown", "spawned_at", "2026-11-22T10:00:00.000Z",
                    "status", "spawned");
            copy(store, connection, "api_calls", true, call);
            assertThatThrownBy(() -> store.beforeCommit(connection)).isInstanceOf(StatementException.class)
                    .hasMessageContaining("have not stored 1 of the rows of workers");

            copy(store, connection, "workers", false, worker);
            statement.execute("INSERT INTO workers (worker_id, session_id, task_id, spawned_at, status) SELECT worker_id, session_id, task_id, spawned_at, status FROM new_workers");
            store.beforeCommit(connection);
            connection.commit();

            copy(store, connection, "api_calls", false, call);
            store.beforeCommit(connection);
            statement.execute("DELETE FROM workers");
            assertThatThrownBy(() -> store.beforeCommit(connection)).as("somebody has deleted it").isInstanceOf(StatementException.class)
                    .hasMessageContaining("have not stored 1 of the rows of workers");
        }
    }

    private static void copy(PostgresqlStore store, Connection connection, String... sessions) throws Exception {
        for (String session : sessions) {
            copy(store, connection, "sessions", false, Map.of("session_id", session, "started_at", "2026-11-22T10:00:00.000Z"));
        }
    }

    private static void copy(PostgresqlStore store, Connection connection, String table, boolean areNew, Map<String, String> values) throws Exception {
        Row row = new Row(new Row.Columns(table, List.copyOf(values.keySet())));
        values.forEach(row::put);
        String copy = store.copyOf(table, areNew);
        List<String> columns = List.of(copy.substring(copy.indexOf('(') + 1, copy.indexOf(')')).split(", "));
        PostgresqlDriver.get().copy(connection, copy, new CopyRows(List.of(row), columns, store.typesOf(table, columns)));
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
