package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.FileSystemUtils;

/**
 * A mistake in files that are edited while the service runs: it is named, what ran before runs on whole, and nothing is lost; once it is mended nobody
 * is told of it any more. One service lives through all of them.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LiveMistakesTest {
    @TempDir
    private static Path dir;
    private static Edited edited;

    private interface Edit {
        void make() throws IOException;
    }

    @BeforeAll
    static void start() throws Exception {
        edited = new Edited(new Home(dir));
    }

    @AfterAll
    static void stop() throws IOException {
        edited.close();
    }

    @Tag("thorough")
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "routes/status.camel.yaml | steps: | steps | routes/status.camel.yaml, line 10: this is not valid YAML (could not find expected ':'); mostly a line above is missing, or indented otherwise",
        "routes/status.camel.yaml | - filter: | `   - filter:` | routes/status.camel.yaml, line 11: this is not valid YAML (expected <block end>, but found '<block sequence start>'); mostly a line above is missing, or indented otherwise",
        "routes/status.camel.yaml | steps: | stepz: | routes/status.camel.yaml, line 9: stepz is not a name that can stand here",
        "routes/status.camel.yaml | - marshal: | - marshall: | routes/status.camel.yaml, line 16: marshall is not a name that can stand here",
        "routes/status.camel.yaml | group: spool | group: spol | routes/status.camel.yaml: the route status must have \"group: spool\", by which commands choose what they start",
        "routes/archive-begin.camel.yaml | outputType=SelectOne | outputTyp=SelectOne | routes/archive-begin.camel.yaml, line 73: the route archive-oldest cannot send where it says: sql: has no option outputTyp; did you mean outputType?",
        "routes/ingest.camel.yaml | ref: counts | ref: count | routes/ingest.camel.yaml, line 29: the route ingest-spool names the bean count, which there is not",
        "routes/ingest.camel.yaml | method: stored | method: store | routes/ingest.camel.yaml, line 29: the route ingest-spool names the method store of the bean counts, which that one does not have",
        "routes/ingest.camel.yaml | poll-milliseconds | poll-miliseconds | routes/ingest.camel.yaml: application.properties has no setting tac8.spool.poll-miliseconds",
        "routes/store.camel.yaml | direct:say-failure | direct:say-failur | routes/store.camel.yaml: the route store-chunk lacks the step direct:say-failure: put it back (and 2 more; ./tac8 validate lists them)",
        "routes/errors.camel.yaml | id: say-failure | id: tell-failure | routes/errors.camel.yaml lacks the route say-failure: put back what is missing",
        "routes/errors.camel.yaml | maximumRedeliveries: -1 | maximumRedeliveries: 3 | routes/store.camel.yaml: the route hold-chunk must have \"routeConfigurationId: try-again\", and that one, in routes/errors.camel.yaml, a defaultErrorHandler with \"maximumRedeliveries: -1\": it waits until a store is there",
        "routes/write.camel.yaml | ref: \"{{store}}-transaction\" | ref: local-transaction | routes/write.camel.yaml: the route write-active lacks the step transacted:active-transaction: put it back",
        "routes/store.camel.yaml | routeTemplateRef: store-guarded | routeTemplateRef: store-garded | routes/store.camel.yaml: there is no template store-garded",
        "sql/ingest/join-tasks.sql | title | titel | sql/ingest/join-tasks.sql cannot be run: table tasks has no column named titel (SQLITE_ERROR)",
        "sql/ingest/insert-events.sql | INSERT | INSRT | sql/ingest/insert-events.sql cannot be run: near \"INSRT\": syntax error (SQLITE_ERROR)",
        "sql/ingest/join-sessions.sql | , max(config) | , NULL | sql/ingest/join-sessions.sql stores the column config of sessions wrongly: NULL where '{\"a\":1}' is right",
        "sql/archive/due.sql | FROM | FRM | sql/archive/due.sql cannot be run: near \"FRM\": syntax error (SQLITE_ERROR)",
        "sql/ingest/join-sessions.sql | ON CONFLICT | on conflict | sql/ingest/join-sessions.sql does not say by which rule rows join: it must name its columns behind INSERT INTO, and have a line that begins with ON CONFLICT; put it back",
        "sql/reconcile/delete.sql | DELETE | DELET | sql/reconcile/delete.sql cannot be run: near \"DELET\": syntax error (SQLITE_ERROR)",
        "sql/read/joined.sql | SELECT | SELCT | sql/query/calls.sql failed: near \"SELCT\": syntax error (SQLITE_ERROR) (and 3 more; ./tac8 validate lists them)",
        "sql/query/tasks.sql | FROM | FRM | sql/query/tasks.sql: near \"FRM\": syntax error (SQLITE_ERROR)",
        "sql/schema.sql | CREATE TABLE IF NOT EXISTS events | CREATE TABEL events | sql/schema.sql is not valid SQL: near \"TABEL\": syntax error (SQLITE_ERROR)",
        "application.properties | archive.keep-days=90 | archive.keep-days=many | tac8.archive.keep-days is many (in application.properties); it must be a whole number from 1 to 36500",
        "application.properties | archive.keep-days=90 | archive.keep-days=0 | tac8.archive.keep-days is 0 (in application.properties); it must be a whole number from 1 to 36500",
        "application.properties | tac8.reconcile.seconds | tac8.reconcile.second | there is no setting tac8.reconcile.second (in application.properties); did you mean tac8.reconcile.seconds? application.properties lists all there are",
        "application.properties | zone=UTC | zone=Nowhere | application.properties: tac8.archive.zone is \"Nowhere\"; it must be a time zone such as UTC or Europe/Berlin",
        "application.properties | camel.main.name | camel.main.nam | application.properties: Camel does not take camel.main.nam=tac8",
        "application.properties | zone=UTC | zone=\\u00 | cannot read application.properties: Malformed \\uxxxx encoding",
    })
    void namesFileLineAndReason(String file, String right, String wrong, String sentence) throws Exception {
        refuses(sentence, () -> edited.home().edit(file, right, wrong));
    }

    @Test
    void aCallThatNobodyAnswers() throws Exception {
        refuses("routes/own.camel.yaml, line 6: the route own goes to direct:nobody, where no route begins", () -> Files.writeString(
                dir.resolve("routes/own.camel.yaml"), """
                        - route:
                            id: own
                            from:
                              uri: timer:own
                              steps:
                                - to: direct:nobody
                        """));
    }

    @Test
    void aSecondDocument() throws Exception {
        refuses("routes/status.camel.yaml, line 23: a second document begins here, and Camel reads one of each file: take away the ---", () -> Files.writeString(dir.resolve("routes/status.camel.yaml"),
                "---\n- route: {id: second, from: {uri: 'timer:second', steps: [{log: second}]}}\n", StandardOpenOption.APPEND));
    }

    @Test
    void aBreakerWithItsFallbackFirst() throws Exception {
        refuses("routes/own.camel.yaml, line 6: the route own has a circuit breaker without steps of its own: Camel takes those that stand below onFallback for the fallback's, so put onFallback last", () -> Files.writeString(dir.resolve("routes/own.camel.yaml"), """
                - route:
                    id: own
                    from:
                      uri: timer:own
                      steps:
                        - circuitBreaker:
                            onFallback:
                              steps:
                                - log: fallback
                            steps:
                              - log: call
                """));
    }

    @Test
    void anIdThatAnotherFileHas() throws Exception {
        refuses("routes/status.camel.yaml, routes/status-copy.camel.yaml: the route status is there twice; an id is one route's alone", () -> Files.copy(dir.resolve("routes/status.camel.yaml"), dir.resolve("routes/status-copy.camel.yaml")));
    }

    @Test
    void theFirstFileIsGone() throws Exception {
        refuses("routes/abandoned.camel.yaml is missing, and with it the route abandoned: put it back", () -> Files.delete(dir.resolve("routes/abandoned.camel.yaml")));
    }

    @Test
    void aFileIsRenamedPastRecognition() throws Exception {
        refuses("routes/reconcile.yaml is not read, because the routes are the files routes/*.camel.yaml: rename it, or move it away (and 1 more; ./tac8 validate lists them)", () -> Files.move(dir.resolve("routes/reconcile.camel.yaml"), dir.resolve("routes/reconcile.yaml")));
    }

    @Test
    void aFileOfRoutesIsEmpty() throws Exception {
        refuses("routes/own.camel.yaml: it holds no route: mend it, or move it away", () -> Files.writeString(dir.resolve("routes/own.camel.yaml"), "\n"));
    }

    @Test
    void onlyOneFileIsLeft() throws Exception {
        refuses("routes/abandoned.camel.yaml is missing, and with it the route abandoned: put it back (and 15 more; ./tac8 validate lists them)", () -> {
            for (File file : dir.resolve("routes").toFile().listFiles((folder, name) -> !name.equals("write.camel.yaml"))) {
                Files.delete(file.toPath());
            }
        });
    }

    @Test
    void theFolderOfRoutesIsGone() throws Exception {
        refuses("routes does not exist", () -> FileSystemUtils.deleteRecursively(dir.resolve("routes")));
    }

    @Test
    void aStatementIsMissing() throws Exception {
        refuses("routes/write.camel.yaml, line 28: the route write-active needs the statement sql/ingest/join-events.sql, which is not there (and 2 more; ./tac8 validate lists them)", () -> Files.delete(dir.resolve("sql/ingest/join-events.sql")));
    }

    @Test
    void aPriceIsNoNumber() throws Exception {
        refuses("prices/own.csv, line 3: input is free, and must be a number from 0 to 1000000 with at most 6 decimals, or empty if nobody knows it", () ->
                Files.writeString(dir.resolve("prices/own.csv"), "# version 2026-11-28\n" + Files.readAllLines(dir.resolve("prices/book.csv")).get(3)
                        + "\n,m,,,,free,1,,,,,,,,me\n"));
    }

    @Test
    void theSettingsAreNoFile() throws Exception {
        refuses("application.properties is not there, or is no file: put it back", () -> {
            Files.delete(dir.resolve("application.properties"));
            Files.createDirectory(dir.resolve("application.properties"));
        });
    }

    @Test
    void moreIsThereThanTac8Keeps() throws Exception {
        refuses("application.properties, routes/, sql/ and prices/ are more than 8 MiB with sql/query/dump.sql, so nothing was taken: move away what is none of tac8's", () -> Files.write(dir.resolve("sql/query/dump.sql"), new byte[9 << 20]));
    }

    @Test
    void aFileOfRoutesIsTooLong() throws Exception {
        refuses("routes/own.camel.yaml is more than 256 KiB, so nothing was taken: divide it, or move it away", () -> Files.writeString(dir.resolve("routes/own.camel.yaml"),
                "#\n".repeat(150_000)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"routes/status.camel.yaml", "sql/query/tasks.sql", "sql/reconcile/delete.sql", "prices/book.csv"})
    void aCharacterIsNotUtf8(String file) throws Exception {
        byte[] after = Files.readAllBytes(dir.resolve(file));
        refuses(file + ", line 2: a character that is not UTF-8: have your editor save the file in UTF-8", () -> {
            Files.write(dir.resolve(file), new byte[] {'-', '-', '\n', '#', (byte) 0xe9, '\n'});
            Files.write(dir.resolve(file), after, StandardOpenOption.APPEND);
        });
    }

    @Test
    void aListInAListInAListAndSoOn() throws Exception {
        refuses("routes/own.camel.yaml: it is nested too deep to be read", () -> Files.writeString(dir.resolve("routes/own.camel.yaml"), "- " + "[".repeat(100_000) + "\n"));
    }

    private static void refuses(String sentence, Edit mistake) throws Exception {
        int generation = edited.now().number();
        try {
            mistake.make();
            edited.mark();

            String refused = edited.await("the edit is refused", now -> now.refused() != null || now.number() != generation).refused();

            assertThat(refused).isNotNull();
            assertThat(refused.replace(dir + "/", "")).isEqualTo(sentence + (sentence.endsWith("?") ? "" : ".") + " The edit is not taken, and generation " + generation
                    + " runs on, until that is mended");
            assertThat(edited.store()).isEqualTo("old");
            assertThat(edited.now().refused()).isEqualTo(refused);
        } finally {
            edited.mend();
            edited.await("nothing is refused any more", now -> now.refused() == null);
        }
        assertThat(edited.now().number()).isEqualTo(generation);
    }
}
