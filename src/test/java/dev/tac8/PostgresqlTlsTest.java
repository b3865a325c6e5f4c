package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.store.PostgresqlStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With sslmode=verify-full tac8 talks to the server that it means, and to no other. */
@Tag("thorough")
class PostgresqlTlsTest {
    private static final String EVENT = "{\"type\":\"event\",\"id\":\"1\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"trigger\",\"message\":\"m\"}";

    @TempDir
    private Path dir;

    @Test
    void storesOnlyWhereTheCertificateIsOfTheAuthorityAndOfTheHost() throws Exception {
        Certificates ours = Certificates.make(Files.createDirectory(dir.resolve("our certificates")));
        Certificates others = Certificates.make(Files.createDirectory(dir.resolve("other")));
        try (PostgresqlServer server = PostgresqlServer.start(Files.createDirectory(dir.resolve("server"))); Home home = server.use(new Home(dir), "tls")) {
            server.create("tls");
            assertThat(refusal(home, server.url("tls"), ours.authority())).endsWith(" cannot be used: The server does not support SSL");

            server.encrypt(ours.server(), ours.key());
            assertThat(refusal(home, server.url("tls"), others.authority())).contains(" cannot be used: its certificate is of no authority that is trusted: ");
            assertThat(refusal(home, server.url("tls").replace("127.0.0.1", "localhost"), ours.authority())).contains(" cannot be used: ").contains("localhost");
            assertThat(refusal(home, server.url("tls"), dir.resolve("none.pem"))).contains(" cannot be used: ").contains("none.pem");

            Certificates expired = Certificates.makeExpired(Files.createDirectory(dir.resolve("expired")));
            server.encrypt(expired.server(), expired.key());
            assertThat(refusal(home, server.url("tls"), expired.authority())).contains(" cannot be used: its certificate is no longer valid, and has to be renewed there: NotAfter: ");
            server.encrypt(ours.server(), ours.key());

            // From the folder of the settings, as with any other path of theirs.
            use(home, server.url("tls"), dir.relativize(ours.authority()));
            home.drop("a.jsonl", EVENT);
            home.drain();
            assertThat(home.ask(server.copy("tls", dir.resolve("copy.db"))).query("SELECT record_id FROM events WHERE session_id = 's'")).containsExactly("1");
            try (Connection connection = PostgresqlStore.Server.of(home.settings()).connect(); Statement statement = connection.createStatement();
                 ResultSet rows = statement.executeQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
                rows.next();
                assertThat(rows.getBoolean(1)).isTrue();
            }
        }
    }

    private static void use(Home home, String url, Path authority) {
        home.set("tac8.postgresql.url", url + "?sslmode=verify-full&sslrootcert=" + authority.toString().replace(" ", "%20"));
    }

    private static String refusal(Home home, String url, Path authority) throws Exception {
        use(home, url, authority);
        try (var service = home.open()) {
            String said = String.join("", service.checkStores());
            assertThat(said).doesNotContain("Exception", "PKIX");
            return said;
        }
    }
}
