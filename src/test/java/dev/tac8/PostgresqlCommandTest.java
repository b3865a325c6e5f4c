package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands do with tac8.store=postgresql, as processes. */
@Tag("process")
class PostgresqlCommandTest {
    private static final String EVENT = "{\"type\":\"event\",\"id\":\"1\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"trigger\",\"message\":\"m\"}\n";

    @TempDir
    private static Path server;
    private static PostgresqlServer postgresql;

    @TempDir
    private Path dir;

    @BeforeAll
    static void start() throws Exception {
        postgresql = PostgresqlServer.start(server);
    }

    @AfterAll
    static void stop() throws Exception {
        if (postgresql != null) {
            postgresql.close();
        }
    }

    private Home home(String database) throws Exception {
        postgresql.create(database);
        return postgresql.use(new Home(dir), database);
    }

    /** As the launcher starts it: without the driver on the class path. */
    private String ofTheJar(Home home, String password, String... args) throws Exception {
        ProcessBuilder command = home.processOf(List.of("-Xlog:class+load:file=" + dir.resolve("classes")), Path.of("target/tac8.jar").toAbsolutePath().toString(), args);
        if (password != null) {
            command.environment().put("TAC8_POSTGRESQL_PASSWORD", password);
        }
        Process process = command.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private Path record() throws Exception {
        return Files.writeString(dir.resolve("a.jsonl"), EVENT);
    }

    @Test
    void storesByTheDriverBesideTheOtherLibrariesAndThePasswordOfTheEnvironment() throws Exception {
        Home home = home("by_the_jar").set("tac8.postgresql.password-file", "");

        assertThat(ofTheJar(home, PostgresqlServer.PASSWORD, "ingest", record().toString())).contains("records      1");

        assertThat(home.ask(postgresql.copy("by_the_jar", dir.resolve("copy.db"))).query("SELECT record_id FROM events WHERE session_id = 's'")).containsExactly("1");
        assertThat(Files.readString(dir.resolve("classes"))).contains("org.postgresql.Driver");
    }

    @Test
    void withoutTheSettingTheDriverIsNotOpened() throws Exception {
        ofTheJar(new Home(dir), null, "ingest", record().toString());

        assertThat(Files.readString(dir.resolve("classes"))).contains("org.sqlite.core.NativeDB").doesNotContain("org.postgresql", "postgresql-");
    }

    @Test
    void saysHowTheDatabaseIs() throws Exception {
        Home home = home("status");
        assertThat(home.run("status").output()).contains("there are no tables yet: ./tac8 run makes them");
        home.run("ingest", record().toString());

        assertThat(home.run("status").output()).containsPattern("external +2 +1 +0 +\\d+ +0 ").doesNotContain(PostgresqlServer.PASSWORD);
        assertThat(home.run("status", "--json").output()).contains("\"file\":\"" + postgresql.url("status") + "\"");
        assertThat(home.run("top", "--once").output()).containsPattern("external( +0){5} +\\d").contains("trigger").doesNotContain("it cannot be read");
    }

    @Test
    @Tag("thorough")
    void reconcileBringsHomeWhatAHostHasStoredByItself() throws Exception {
        Home home = home("by_hand");
        postgresql.stop();
        String said = home.run("ingest", record().toString()).output();
        assertThat(said).contains("cannot be used: ", "the other store takes everything", "records      1");
        assertThat(home.run("reconcile").output()).contains("nothing can be brought home to the external store: it cannot be read: ");
        postgresql.start();
        assertThat(home.run("reconcile").output()).contains("Brought home: 1 session, 1 event. The local store is empty.");
        assertThat(home.run("status").output()).containsPattern("failback    \\S+Z, \\d+ s ago\\. Home again: 1 event, ");
        Home other = postgresql.use(new Home(dir.resolve("other")), "by_hand");
        other.run("ingest", record().toString());
        assertThat(other.run("status").output()).as("of another host").contains("failback    none on record");

        assertThat(home.ask(postgresql.copy("by_hand", dir.resolve("copy.db"))).query("SELECT record_id FROM events WHERE session_id = 's'")).containsExactly("1");
    }

    @Test
    void rebuildSaysThatThisHostsFilesAreNotAll() throws Exception {
        Home home = home("questions");
        Home.Finished finished = home.run("rebuild", "--check");
        assertThat(finished.exitCode()).as(finished.output()).isEqualTo(2);
        assertThat(finished.output()).startsWith("tac8: tac8.store is postgresql, which many hosts fill, and this host's files are not all of it, so ./tac8 rebuild does not run here");
    }

    @Test
    @Tag("thorough")
    void thePageKnowsThePasswordOfTheEnvironmentAndHealthAndFiguresKnowTheReplica() throws Exception {
        int port = FreePort.take();
        Home home = home("page").set("tac8.postgresql.password-file", "").set("tac8.http.port", port);
        ProcessBuilder command = home.command(List.of(), "run");
        command.environment().put("TAC8_POSTGRESQL_PASSWORD", PostgresqlServer.PASSWORD);
        Process run = command.redirectErrorStream(true).redirectOutput(dir.resolve("log").toFile()).start();
        try {
            Awaitility.await("health").atMost(Duration.ofMinutes(1)).ignoreExceptions().untilAsserted(() ->
                    assertThat(get(port, "/observe/health")).containsPattern("\"name\":\"replica\",\"status\":\"UP\",\"message\":\"\\d\\.\\d s behind the database\""));
            assertThat(get(port, "/observe/metrics")).containsPattern("(?m)^tac8_replica_behind_seconds \\d");
            assertThat(get(port, "/stores.json")).contains("jdbc:postgresql://").doesNotContain("cannot be read", PostgresqlServer.PASSWORD);
        } finally {
            run.destroy();
            run.waitFor();
        }
    }

    @Test
    @Tag("thorough")
    void whoOnlyReadsIsWell() throws Exception {
        int port = FreePort.take();
        Home home = home("reads").set("tac8.http.port", port);
        home.run("ingest", Files.writeString(dir.resolve("a.jsonl"), "{\"type\":\"api_call\",\"id\":\"1\",\"timestamp\":\"" + Instant.now()
                + "\",\"worker_id\":\"w\",\"model\":\"m\",\"estimated_cost_usd\":0.25}\n").toString());
        try (Connection connection = postgresql.connect("reads"); Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE only_reads LOGIN PASSWORD '" + PostgresqlServer.PASSWORD.replace("'", "''") + "'");
            statement.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO only_reads");
            statement.execute("REVOKE TEMPORARY ON DATABASE reads FROM PUBLIC");
        }
        home.set("tac8.postgresql.user", "only_reads");
        Process reader = home.command(List.of(), "replica").redirectErrorStream(true).redirectOutput(dir.resolve("log").toFile()).start();
        try {
            Awaitility.await("health").atMost(Duration.ofMinutes(1)).ignoreExceptions().untilAsserted(() ->
                    assertThat(get(port, "/observe/health")).startsWith("{\"status\":\"UP\"").contains("no files are taken: this computer only asks", " s behind the database")
                            .doesNotContain("external-store", "chunks go to"));
            Awaitility.await("the figures of today, of the replica").atMost(Duration.ofMinutes(1)).untilAsserted(() ->
                    assertThat(get(port, "/observe/metrics")).contains("tac8_calls_today{store=\"external\"} 1.0"));
            assertThat(dir.resolve("log")).content().doesNotContain("ERROR");
            assertThat(home.run("status").output()).contains("service     runs").doesNotContain("breaker");
            postgresql.stop();
            Awaitility.await("it is said").atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(home.run("status").output()).containsPattern("replica     \\d+\\.\\d s behind the"
                    + " database: \\S+ cannot be read: Connection refused, as it does not run, or is being stopped or started\n").doesNotContain("chunks go to"));
            postgresql.start();
            Awaitility.await("it is read again").atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(dir.resolve("log")).content().contains("is read again"));
            assertThat(Files.readAllLines(dir.resolve("log")).stream().filter(line -> line.contains("ERROR follow"))).hasSize(1);
        } finally {
            reader.destroy();
            reader.waitFor();
        }
    }

    private static String get(int port, String path) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(), HttpResponse.BodyHandlers.ofString()).body();
    }
}
