package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tac8.settings.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/cluster}, on three brokers and a database of PostgreSQL: each file is used as it stands, but for the addresses. */
@Tag("thorough")
class ClusterExampleTest {
    private static final Path EXAMPLE = Path.of("examples/cluster").toAbsolutePath();
    private static final String PASSWORD = "of the example";

    @TempDir
    private Path dir;

    @Test
    void aWriterStoresAndMayDoNoMoreAndAReaderReads() throws Exception {
        try (PostgresqlServer server = database(); Home home = home("writer.env", server)) {
            home.drop("a.jsonl", record("a"));
            home.drain();

            assertThat(home.quarantined()).isEmpty();
            assertThat(as("tac8_reader", server, "SELECT session_id FROM events")).isEqualTo("a");
            Home reader = home("reader.env", server);
            Home.Finished replica = reader.run("replica", "--once");
            assertThat(replica.exitCode()).as(replica.output()).isZero();
            assertThat(reader.query("SELECT session_id FROM events")).containsExactly("a");
            for (String refused : List.of("DELETE FROM events", "TRUNCATE events", "CREATE TABLE more (a int)", "ALTER TABLE events ADD more int", "DROP TABLE events",
                    "INSERT INTO tac8_schema VALUES (99)")) {
                assertThatThrownBy(() -> as("tac8_writer", server, refused)).as(refused).hasMessageMatching("(?s).*(permission denied|must be owner).*");
            }
            for (String refused : List.of("DELETE FROM events", "UPDATE events SET message = ''", "INSERT INTO sessions DEFAULT VALUES", "CREATE TEMPORARY TABLE more (a int)")) {
                assertThatThrownBy(() -> as("tac8_reader", server, refused)).as(refused).hasMessageContaining("permission denied");
            }
        }
    }

    @Test
    void anEdgeSendsToTheTopicsAndAJoinerStoresWhatIsInThem() throws Exception {
        List<KafkaBroker> brokers = KafkaBroker.start(dir.resolve("brokers"), 3, Map.of());
        try (PostgresqlServer server = database(); Home edge = home("edge.env", server); Home joiner = home("joiner.env", server)) {
            createTopics(brokers);
            for (Home home : List.of(edge, joiner)) {
                home.set("tac8.kafka.brokers", KafkaBroker.bootstrap(brokers));
            }
            edge.drop("a.jsonl", record("a"));
            edge.drain();
            joiner.start();

            Awaitility.await().ignoreExceptions().untilAsserted(() -> assertThat(as("tac8_reader", server, "SELECT session_id FROM events")).isEqualTo("a"));
            try (Admin admin = brokers.get(0).admin()) {
                ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "tac8-records");
                var config = admin.describeConfigs(List.of(topic)).all().get(1, TimeUnit.MINUTES).get(topic);
                assertThat(config.get("min.insync.replicas").value()).isEqualTo("2");
                assertThat(config.get("retention.ms").value()).isEqualTo(String.valueOf(TimeUnit.DAYS.toMillis(7)));
            }
        } finally {
            brokers.forEach(KafkaBroker::close);
        }
    }

    @Test
    void systemdKnowsWhatTheUnitGetsBesides() throws Exception {
        assumeThat(Path.of("/usr/bin/systemd-analyze")).isExecutable();
        Path unit = Files.copy(Path.of("examples/production/tac8.service"), dir.resolve("tac8.service"));
        Files.copy(EXAMPLE.resolve("network.conf"), Files.createDirectory(dir.resolve("tac8.service.d")).resolve("network.conf"));

        Process verify = new ProcessBuilder("systemd-analyze", "verify", unit.toString()).redirectErrorStream(true).start();

        assertThat(new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).doesNotContain("network.conf");
    }

    /** By the script, which calls Kafka's own command. */
    private void createTopics(List<KafkaBroker> brokers) throws Exception {
        Path bin = Files.createDirectories(dir.resolve("bin"));
        Path command = Files.writeString(bin.resolve("kafka-topics.sh"), "#!/bin/sh\nexec '" + System.getProperty("java.home") + "/bin/java' -cp '" + KafkaBroker.LIBRARIES
                + "/*' org.apache.kafka.tools.TopicCommand \"$@\"\n");
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
        ProcessBuilder script = new ProcessBuilder(EXAMPLE.resolve("topics.sh").toString(), brokers.get(0).bootstrap()).redirectErrorStream(true)
                .redirectOutput(dir.resolve("topics.log").toFile());
        script.environment().put("PATH", bin + ":" + System.getenv("PATH"));
        assertThat(script.start().waitFor()).as(() -> read(dir.resolve("topics.log"))).isZero();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The steps that roles.sql tells. */
    private PostgresqlServer database() throws Exception {
        PostgresqlServer server = PostgresqlServer.start(Files.createDirectories(dir.resolve("database")));
        try (Connection connection = server.connect("postgres"); Statement statement = connection.createStatement()) {
            statement.execute(Files.readString(EXAMPLE.resolve("roles.sql")));
            for (String role : List.of("tac8_writer", "tac8_reader")) {
                statement.execute("ALTER ROLE " + role + " PASSWORD '" + PASSWORD + "'");
            }
            statement.execute("CREATE DATABASE tac8 OWNER tac8_owner");
        }
        try (Connection connection = server.connect("tac8"); Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE tac8_owner");
            statement.execute(Files.readString(Path.of("sql/postgresql/0001-five-tables.sql")));
            statement.execute(Files.readString(EXAMPLE.resolve("grants.sql")));
            statement.execute(Files.readString(EXAMPLE.resolve("asking.sql")).replace("-- ALTER", "ALTER"));
        }
        return server;
    }

    /** A host with the settings of a file, but for its addresses. */
    private Home home(String file, PostgresqlServer server) throws IOException {
        Map<String, Setting> settings = new HashMap<>();
        Arrays.stream(Setting.values()).forEach(setting -> settings.put(setting.variable(), setting));
        Home home = new Home(Files.createDirectories(dir.resolve(file)));
        for (String line : Files.readAllLines(EXAMPLE.resolve(file))) {
            if (!line.startsWith("#")) {
                String[] parts = line.split("=", 2);
                assertThat(settings).containsKey(parts[0]);
                home.set(settings.get(parts[0]).key(), parts[1]);
            }
        }
        if (!file.equals("edge.env")) {
            home.set("tac8.postgresql.url", server.url("tac8")).set("tac8.postgresql.password-file", Files.writeString(dir.resolve("password"), PASSWORD));
        }
        return home;
    }

    private static String record(String session) {
        return "{\"type\":\"event\",\"timestamp\":\"2026-11-22T09:00:05.000Z\",\"session_id\":\"" + session + "\",\"event_type\":\"trigger\",\"message\":\"it begins\"}";
    }

    /** What a statement answers to one of the roles, in its first column and row. */
    private static String as(String role, PostgresqlServer server, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url("tac8"), role, PASSWORD); Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            statement.getResultSet().next();
            return statement.getResultSet().getString(1);
        }
    }
}
