package dev.tac8.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.store.RowRefusedException;
import dev.tac8.store.StatementException;
import dev.tac8.store.StoreException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DataSourceUtils;

/** As what a failure leaves a transaction, however deep in it something has failed. */
class StoreTransactionTest {
    @TempDir
    private Path dir;
    private Home home;
    private Service service;
    private CamelContext context;

    @BeforeEach
    void open() throws Exception {
        home = new Home(dir);
        service = home.open();
        context = service.startOnly();
    }

    @AfterEach
    void close() throws Exception {
        service.close();
    }

    @Test
    void aRowThatTheStoreRefusesIsToBlameItself() throws Exception {
        Exception failure = failureOf(exchange -> execute("INSERT INTO sessions (session_id) VALUES (NULL)"));

        assertThat(failure).isInstanceOf(RowRefusedException.class).hasMessage("NOT NULL constraint failed: sessions.started_at"
                + " (SQLITE_CONSTRAINT_NOTNULL)");
        assertThat(((RowRefusedException) failure).store()).isEqualTo("external");
    }

    @Test
    void aStatementThatAsksForWhatIsNotThereIsToBlame() throws Exception {
        assertThat(failureOf(exchange -> execute("SELECT cost FROM sessions"))).isInstanceOf(StatementException.class)
                .hasMessage("no such column: cost (SQLITE_ERROR)");
    }

    @Test
    void whatIsUnknownIsNotBlamedOnTheStore() throws Exception {
        assertThat(failureOf(exchange -> {
            throw new NoSuchFileException("/spool/a.jsonl");
        })).isInstanceOf(StatementException.class).hasMessage("/spool/a.jsonl does not exist");
    }

    @Test
    void aStoreIsToBlameForACommitOnADiskThatHasGoneAway() throws Exception {
        assertThat(failureOf(exchange -> {
            execute("DELETE FROM sessions");
            Files.move(home.path("var/external"), home.path("var/gone"));
        })).isInstanceOf(StoreException.class).hasMessageStartingWith("no tac8 volume is mounted at ");
    }

    @Test
    void aDiskThatIsFullIsNamedByItsStore() throws Exception {
        assertThat(failureOf(exchange -> {
            execute("PRAGMA max_page_count = 1");
            execute("INSERT INTO sessions (session_id, started_at) VALUES (hex(zeroblob(1000000)), '2026-11-22T10:00:00.000Z')");
        })).isInstanceOf(StoreException.class).hasMessage("the external store: database or disk is full (SQLITE_FULL)");
    }

    /** With a split around it, whose own exception says nothing. */
    private Exception failureOf(Processor step) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:write").errorHandler(noErrorHandler()).transacted("external-transaction").split(body()).stopOnException()
                        .process(step);
            }
        });
        Exchange exchange = context.createProducerTemplate().send("direct:write", sent -> sent.getMessage().setBody(List.of(Map.of())));
        return exchange.getException();
    }

    private void execute(String sql) throws Exception {
        Connection connection = DataSourceUtils.getConnection(service.external());
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
