package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that asks who comes: tac8 says it by Camel's own settings, and the password by the environment. */
@Tag("process")
@Tag("thorough")
class KafkaSecurityTest {
    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";
    private static final String PASSWORD = "not to be seen";
    private static final String EVENT = "{\"type\":\"event\",\"id\":\"1\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"trigger\",\"message\":\"m\"}";

    @TempDir
    private Path dir;

    private static Map<String, String> asking(int port, String password) {
        Map<String, String> settings = new HashMap<>();
        settings.put("listeners", "{listeners},ASKING://127.0.0.1:" + port);
        settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,ASKING:SASL_PLAINTEXT");
        settings.put("sasl.enabled.mechanisms", "PLAIN");
        settings.put("listener.name.asking.plain.sasl.jaas.config", LOGIN + "user_tac8=\"" + password + "\";");
        return settings;
    }

    private Process run(Home home, String folder, String password) throws Exception {
        ProcessBuilder command = home.command(List.of(), "run").redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve(folder).resolve("said").toFile()));
        command.environment().put("CAMEL_COMPONENT_KAFKA_SASLJAASCONFIG", LOGIN + "username=\"tac8\" password=\"" + password + "\";");
        Process process = command.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }

    private Home home(KafkaSite kafka, String role, int port) throws Exception {
        Home home = kafka.use(new Home(dir.resolve(role)), role, "asked").set("tac8.kafka.brokers", "127.0.0.1:" + port);
        Files.writeString(home.path("application.properties"), Files.readString(home.path("application.properties"))
                + "camel.component.kafka.security-protocol=SASL_PLAINTEXT\ncamel.component.kafka.sasl-mechanism=PLAIN\ncamel.component.kafka.sasl-jaas-config=\n");
        return home;
    }

    @Test
    void isKnownByThePasswordOfTheEnvironmentAndComesBackWhenThatWasWrongForAWhile() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (KafkaSite kafka = new KafkaSite(Files.createDirectories(dir.resolve("server")), asking(port, PASSWORD))) {
            kafka.topics("asked", 1);
            Home edge = home(kafka, "edge", port);
            Home join = home(kafka, "join", port);
            Process sends = run(edge, "edge", PASSWORD);
            Process stores = run(join, "join", PASSWORD);
            edge.drop("a.jsonl", EVENT);
            edge.awaitDrained();
            kafka.awaitJoined("asked");

            // The broker starts again and knows nobody: Camel ends the consumer for good.
            kafka.broker().stop();
            kafka.broker().set(asking(port, "another"));
            kafka.broker().start();
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> Files.readString(dir.resolve("join/said")).contains("Authentication failed"));
            kafka.broker().stop();
            kafka.broker().set(asking(port, PASSWORD));
            kafka.broker().start();
            edge.drop("b.jsonl", EVENT.replace("\"1\"", "\"2\""));
            edge.awaitDrained();
            kafka.awaitJoined("asked");
            for (Process process : List.of(sends, stores)) {
                process.destroy();
                assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            }

            assertThat(join.query("SELECT record_id FROM events WHERE session_id = 's' ORDER BY record_id")).containsExactly("1", "2");
            for (String role : List.of("edge", "join")) {
                assertThat(Files.readString(dir.resolve(role).resolve("said"))).as("what it logs").doesNotContain(PASSWORD, "Exception", "\tat ");
                assertThat(Files.readString(dir.resolve(role).resolve("var/spool/.tac8/status.json"))).doesNotContain(PASSWORD);
            }
        }
    }
}
