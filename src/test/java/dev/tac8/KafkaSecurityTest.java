package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

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

/** A broker that asks who comes, or answers by TLS only: tac8 says by Camel's own settings who it is and whom it trusts, and a password by the environment. */
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

    private Process run(Home home, String folder, String variable, String value) throws Exception {
        ProcessBuilder command = home.command(List.of(), "run").redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve(folder).resolve("said").toFile()));
        command.environment().put(variable, value);
        Process process = command.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }

    private Home home(KafkaSite kafka, String role, int port, String... lines) throws Exception {
        Home home = kafka.use(new Home(dir.resolve(role)), role, "asked").set("tac8.kafka.brokers", "127.0.0.1:" + port);
        Files.writeString(home.path("application.properties"), Files.readString(home.path("application.properties")) + String.join("\n", lines) + "\n");
        return home;
    }

    @Test
    void isKnownByThePasswordOfTheEnvironmentAndComesBackWhenThatWasWrongForAWhile() throws Exception {
        int port = FreePort.take();
        try (KafkaSite kafka = new KafkaSite(Files.createDirectories(dir.resolve("server")), asking(port, PASSWORD))) {
            kafka.topics("asked", 1);
            // A consumer that has ended is known to the broker until its session is over.
            String[] lines = {"camel.component.kafka.security-protocol=SASL_PLAINTEXT", "camel.component.kafka.sasl-mechanism=PLAIN", "camel.component.kafka.sasl-jaas-config=",
                "camel.component.kafka.session-timeout-ms=6000", "camel.component.kafka.heartbeat-interval-ms=1500"};
            Home edge = home(kafka, "edge", port, lines);
            Home join = home(kafka, "join", port, lines);
            String login = LOGIN + "username=\"tac8\" password=\"" + PASSWORD + "\";";
            Process sends = run(edge, "edge", "CAMEL_COMPONENT_KAFKA_SASLJAASCONFIG", login);
            Process stores = run(join, "join", "CAMEL_COMPONENT_KAFKA_SASLJAASCONFIG", login);
            edge.drop("a.jsonl", EVENT);
            edge.awaitDrained();
            kafka.awaitJoined("asked");

            // The broker starts again and knows nobody: Camel ends the consumer for good.
            kafka.broker().stop();
            kafka.broker().set(asking(port, "another"));
            kafka.broker().start();
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> Files.readString(dir.resolve("join/said")).matches("(?s).*Authentication failed[^\n]*: mend the user there, or camel\\.component"
                    + "\\.kafka\\.\\* here, and then start tac8 again.*"));
            kafka.broker().stop();
            kafka.broker().set(asking(port, PASSWORD));
            kafka.broker().start();
            edge.drop("b.jsonl", EVENT.replace("\"1\"", "\"2\""));
            edge.awaitDrained();
            kafka.awaitJoined("asked");
            assertThat(stored(join, sends, stores)).containsExactly("1", "2");
        }
    }

    /** What the joiner has stored, when both have ended; neither has told the password. */
    private List<String> stored(Home join, Process... processes) throws Exception {
        for (Process process : processes) {
            process.destroy();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
        for (String role : List.of("edge", "join")) {
            assertThat(Files.readString(dir.resolve(role).resolve("said"))).as("what it logs").doesNotContain(PASSWORD, "Exception", "\tat ");
            assertThat(Files.readString(dir.resolve(role).resolve("var/spool/.tac8/status.json"))).doesNotContain(PASSWORD);
        }
        return join.query("SELECT record_id FROM events WHERE session_id = 's' ORDER BY record_id");
    }

    private static Map<String, String> encrypting(int port, Certificates certificates) throws Exception {
        Map<String, String> settings = new HashMap<>();
        settings.put("listeners", "{listeners},TLS://127.0.0.1:" + port);
        settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,TLS:SSL");
        settings.put("listener.name.tls.ssl.keystore.type", "PEM");
        settings.put("listener.name.tls.ssl.keystore.location", certificates.serverAndKey().toString());
        settings.put("listener.name.tls.ssl.truststore.type", "PEM");
        settings.put("listener.name.tls.ssl.truststore.location", certificates.authority().toString());
        settings.put("listener.name.tls.ssl.client.auth", "required");
        return settings;
    }

    private static String[] trusting(Path authority, Path client, String password) {
        return new String[] {"camel.component.kafka.security-protocol=SSL", "camel.component.kafka.ssl-truststore-type=PEM",
                "camel.component.kafka.ssl-truststore-location=" + authority, "camel.component.kafka.ssl-keystore-type=PKCS12",
                "camel.component.kafka.ssl-keystore-location=" + client, "camel.component.kafka.ssl-keystore-password=" + password};
    }

    @Test
    void byTlsOnlyTheBrokersThatAreMeantGetRecordsAndKnowWhoSendsThem() throws Exception {
        int port = FreePort.take();
        Certificates ours = Certificates.make(Files.createDirectory(dir.resolve("ours")));
        Certificates others = Certificates.make(Files.createDirectory(dir.resolve("others")));
        Path client = ours.client(PASSWORD);
        try (KafkaSite kafka = new KafkaSite(Files.createDirectories(dir.resolve("server")), encrypting(port, ours))) {
            kafka.topics("asked", 1);
            String cannot = "the broker 127.0.0.1:" + port + " cannot be used: ";
            assertThat(refusal(kafka, port, others.authority(), client, PASSWORD)).startsWith(cannot + "its certificate is of no authority that is trusted: ");
            assertThat(refusal(kafka, port, ours.authority(), others.client(PASSWORD), PASSWORD))
                    .isEqualTo(cannot + "it does not trust the certificate that this side has shown: certificate_unknown");
            assertThat(refusal(kafka, port, ours.authority(), client, "another")).isEqualTo(cannot + "the password of a file of keys is wrong");
            assertThat(refusal(kafka, port, dir.resolve("none.pem"), client, PASSWORD)).startsWith(cannot).contains("none.pem");

            Home edge = home(kafka, "edge", port, trusting(ours.authority(), client, ""));
            Home join = home(kafka, "join", port, trusting(ours.authority(), client, ""));
            Process sends = run(edge, "edge", "CAMEL_COMPONENT_KAFKA_SSLKEYSTOREPASSWORD", PASSWORD);
            Process stores = run(join, "join", "CAMEL_COMPONENT_KAFKA_SSLKEYSTOREPASSWORD", PASSWORD);
            edge.drop("a.jsonl", EVENT);
            edge.awaitDrained();
            kafka.awaitJoined("asked");

            assertThat(stored(join, sends, stores)).containsExactly("1");
        }
    }

    private String refusal(KafkaSite kafka, int port, Path authority, Path client, String password) throws Exception {
        Home home = kafka.use(new Home(dir.resolve("refused")), "edge", "asked").set("tac8.kafka.brokers", "127.0.0.1:" + port);
        for (String line : trusting(authority, client, password)) {
            home.set(line.split("=", 2)[0], line.split("=", 2)[1]);
        }
        try (var service = home.open()) {
            String said = String.join("", service.checkStores());
            assertThat(said).doesNotContain("Exception", "PKIX", password);
            return said;
        }
    }
}
