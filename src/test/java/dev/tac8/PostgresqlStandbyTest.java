package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tac8.fault.Corpus;
import dev.tac8.store.PostgresqlStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A standby of PostgreSQL takes its primary's place, and lacks what that had committed last. */
@Tag("process")
@Tag("thorough")
class PostgresqlStandbyTest {
    private static final String DATABASE = "shared";

    @TempDir
    private Path dir;

    @Test
    void whatAPromotedStandbyLacksIsStoredOnceMoreFromTheFilesThatAreDone() throws Exception {
        List<Map<String, Object>> records = Corpus.records(Corpus.random(getClass()), 300, true);
        int third = records.size() / 3;
        try (PostgresqlServer primary = PostgresqlServer.start(Files.createDirectory(dir.resolve("primary")))) {
            primary.create(DATABASE);
            try (PostgresqlServer standby = primary.standby(dir.resolve("standby")); Home home = primary.use(new Home(dir), DATABASE)) {
                String both = "jdbc:postgresql://" + primary.host() + "," + standby.host() + "/" + DATABASE + "?targetServerType=primary";
                home.set("tac8.postgresql.url", both).set("tac8.ingest.chunk-records", 20);
                home.start();
                home.drop("a.jsonl", lines(records.subList(0, third)));
                home.awaitDrained();
                String before = count(primary);
                Awaitility.await("the standby has followed").until(() -> count(standby).equals(before));

                standby.stop();
                home.drop("b.jsonl", lines(records.subList(third, 2 * third)));
                home.awaitDrained();
                assertThat(home.tablesStoredLocally()).as("records that needed the local store").isEmpty();
                primary.crash();
                standby.start();
                home.drop("c.jsonl", lines(records.subList(2 * third, records.size())));
                home.awaitDrained();
                assertThat(Home.query(home.localDatabase(), "SELECT count(*) > 0 FROM events")).as("who finds a standby alone stores locally").containsExactly("1");
                assertThat(refused(standby.url(DATABASE))).isEqualTo("the database " + standby.url(DATABASE) + " is a standby, which takes no writes until it is promoted: name its"
                        + " primary, or both and targetServerType=primary, in tac8.postgresql.url");
                assertThat(refused(both)).contains("cannot be used: Could not find a server with specified targetServerType: primary");
                standby.promote();
                Awaitility.await("all is home").atMost(Duration.ofMinutes(1)).until(() ->
                        Home.query(home.localDatabase(), "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM events)").equals(List.of("0")));
                home.stop();

                List<Map<String, Object>> there = Stream.concat(records.subList(0, third).stream(), records.subList(2 * third, records.size()).stream()).toList();
                Corpus.assertSame(tables(home, standby), Corpus.tables(there));
                Home.Finished repaired = home.run(Stream.concat(Stream.of("ingest"), home.done().stream().map(Path::toString)).toArray(String[]::new));
                assertThat(repaired.exitCode()).as(repaired.output()).isZero();
                Corpus.assertSame(tables(home, standby), Corpus.tables(records));
                assertThat(home.quarantined()).isEmpty();
            }
        }
    }

    private static String refused(String url) throws Exception {
        try (PostgresqlStore store = new PostgresqlStore(new PostgresqlStore.Server(url, PostgresqlServer.USER, PostgresqlServer.PASSWORD, 1, 10), Path.of("sql"))) {
            return catchThrowable(store::check).getMessage();
        }
    }

    private Map<String, List<String>> tables(Home home, PostgresqlServer server) throws Exception {
        return home.ask(server.copy(DATABASE, dir.resolve("copy.db"))).tables();
    }

    private static List<String> lines(List<Map<String, Object>> records) {
        return records.stream().map(record -> new String(Corpus.line(record), StandardCharsets.UTF_8)).toList();
    }

    /** How many records of each kind a server shows; nothing as long as it has no tables. */
    private static String count(PostgresqlServer server) {
        try (Connection connection = server.connect(DATABASE); Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT (SELECT count(*) FROM events) || ' ' || (SELECT count(*) FROM api_calls)")) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            return "nothing: " + e.getMessage();
        }
    }
}
