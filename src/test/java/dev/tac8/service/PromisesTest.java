package dev.tac8.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator may do to the routes, and is told before anything runs. */
@Tag("thorough")
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PromisesTest {
    @TempDir
    private Path dir;
    private Home home;

    @BeforeEach
    void makeHome() {
        home = new Home(dir);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "ingest | ref: quarantine, method: publish | ref: quarantine, method: files | the route ingest-spool lacks the step quarantine.publish: put it back",
        "reconcile | within:prove-home | within:prove-hom | : the route bring-home goes to direct:prove-hom, where no route begins",
        "ingest | - to: direct:hold-chunk | - to: direct:hold-chnk | : the route ingest-spool goes to direct:hold-chnk, where no route begins",
        "ingest | method: acknowledge | method: acknowlege | the route ingest-spool names the method acknowlege of the bean spool, which that one does not have",
        "ingest | ref: quarantine | ref: quarantin | names the bean quarantin, which there is not",
        "ingest | routeConfigurationId: leave-in-spool | routeConfigurationId: leave-in-spol | names the configuration leave-in-spol, which no file in routes/ has",
        "ingest | noop: true | delete: true | must read the spool with \"noop: true\", and without delete and move",
        "ingest | noop: true | noop: true\\n        moveFailed: failed | must read the spool with \"noop: true\", and without delete and move",
        "ingest | idempotent: false | idempotent: true | must read the spool with \"idempotent: false\"",
        "ingest | filter: \"#spool\" | include: .*jsonl | must read the spool with \"filter: \"#spool\"\"",
        "ingest | stopOnException: true | stopOnException: false | must split with \"streaming: true\" and \"stopOnException: true\"",
        "ingest | poll-milliseconds | poll-miliseconds | application.properties has no setting tac8.spool.poll-miliseconds",
        "store | routeConfigurationId: try-again | | the route hold-chunk must have \"routeConfigurationId: try-again\"",
        "store | onFallback: | onFallbak: | onFallbak is not a name that can stand here",
        "store | circuitBreaker: external-breaker | circuitBreaker: external-breaker\\n                    timeoutEnabled: true | another one takes failures for successes",
        "store | id: store-chunk | id: store-chunks | routes/store.camel.yaml lacks the route store-chunk: put back what is missing",
        "store | - templatedRoute: | - templatedRout: | templatedRout is not a name that can stand here",
        "write | ref: \"{{store}}-transaction\" | ref: local-transaction | the route write-active lacks the step transacted:active-transaction: put it back",
        "write | insert-events.sql | insert-event.sql | the route write-active needs the statement sql/ingest/insert-event.sql, which is not there",
        "write | noErrorHandler: {} | defaultErrorHandler: {} | the route write-external must have \"errorHandler: {noErrorHandler: {}}\"",
        "reconcile | id: bring-home | id: bring-home\\n    autoStartup: false | the route bring-home is never started, because its autoStartup is false",
        "reconcile | delay: 0 | repeatCount: 1 | the route reconcile stops for ever after 1 times: remove repeatCount",
        "reconcile | \"{{tac8.reconcile.seconds}}s\" | 1x | the route reconcile has the period 1x, which is no time: 2s, say, or 500 for milliseconds",
        "ingest | \"{{tac8.spool.poll-milliseconds}}\" | 1s | the route ingest-spool has the delay 1s, which is no number of milliseconds: 500, say",
        "ingest | initialDelay: 0 | initialDelay: fast | the route ingest-spool has the initialDelay fast, which is no number of milliseconds: 500, say",
        "reconcile | method: next | method: next(1) | the method next(1) of the bean reconcile, which that one does not have",
        "ingest | noop: true | noop: true\\n        include: a.* | must not read the spool with the option include, which may leave files out or hold them up: remove it",
        "ingest | noop: true | noop: true\\n        exclude: a.* | must not read the spool with the option exclude",
        "ingest | noop: true | noop: true\\n        antInclude: \"a*\" | must not read the spool with the option antInclude",
        "ingest | noop: true | noop: true\\n        includeExt: log | must not read the spool with the option includeExt",
        "ingest | noop: true | noop: true\\n        doneFileName: ready | must not read the spool with the option doneFileName",
        "ingest | noop: true | noop: true\\n        startScheduler: false | must not read the spool with the option startScheduler",
        "ingest | noop: true | noop: true\\n        minDepth: 3 | must not read the spool with the option minDepth",
        "ingest | noop: true | noop: true\\n        readLockMinAge: 9000000 | must not read the spool with the option readLockMinAge",
        "ingest | noop: true | noop: true\\n        timeUnit: DAYS | must not read the spool with the option timeUnit",
        "ingest | noop: true | noop: true\\n        fileName: a.jsonl | must not read the spool with the option fileName",
        "ingest | maxMessagesPerPoll: 1 | maxMessagesPerPoll: 0 | must read the spool with \"maxMessagesPerPoll: 1\"",
        "ingest | initialDelay: 0 | initialDelay: 99999999 | must look at the spool at least once a minute: make initialDelay and delay less",
        "ingest | description: Takes | precondition: \"false\"\\n    description: Takes | the route ingest-spool has a precondition, without which it always runs: remove that",
        "reconcile | id: bring-home | id: bring-home\\n    precondition: \"false\" | the route bring-home has a precondition",
        "ingest | - to: direct:hold-chunk | - stop: {}\\n              - to: direct:hold-chunk | the route ingest-spool stops in its midst",
        "write | - setBody: {simple: \"${variable.chunk.rows[events]}\"} | - stop: {}\\n          - setBody: {simple: \"${variable.chunk.rows[events]}\"} | stops in its midst",
        "archive-chunk | delete.sql?dataSource=#active&prepareStatementStrategy=#tables | delete.sql?dataSource=#active | the route archive-chunk lacks the step sql/archive/delete.sql#active#tables",
        "archive-rows | stopOnException: true | stopOnException: false | the route archive-rows must split with \"stopOnException: true\"",
        "errors | maximumRedeliveries: -1 | maximumRedeliveries: 3 | with \"maximumRedeliveries: -1\": it waits until a store is there",
        "errors | onExceptionOccurredRef: file-failures | | with \"onExceptionOccurredRef: file-failures\": it says why a file stays",
        "abandoned | from:\\n      uri: timer:abandoned\\n      parameters: {period: 5000, delay: 0}\\n      steps:\\n        - bean: {id: publish-abandoned, ref: abandoned, method: publish, | # | routes/abandoned.camel.yaml: something is missing that a route needs",
        "status | delay: 0 | delai: 0 | the route status cannot begin where it says: timer: has no option delai; did you mean delay?",
        "archive-begin | outputType=SelectOne | outputTyp=SelectOne | the route archive-oldest cannot send where it says: sql: has no option outputTyp; did you mean outputType?",
        "ingest | group: ingest | group: spool | the route ingest-spool must have \"group: ingest\", by which commands choose what they start",
        "status | - route: | - onException:\\n    exception: [java.lang.Exception]\\n    handled: {constant: true}\\n- route: | the route status must not have an onException",
    })
    void namesFileAndRouteAndWhatIsMissingAndStartsNothing(String file, String right, String wrong, String sentence) throws Exception {
        home.edit("routes/" + file + ".camel.yaml", lines(right), wrong == null ? "" : lines(wrong));

        refuses(sentence);
    }

    @Test
    void namesAFileThatIsMissingWithItsRoutes() throws Exception {
        Files.delete(dir.resolve("routes/reconcile.camel.yaml"));

        refuses("routes/reconcile.camel.yaml is missing, and with it the routes reconcile, bring-all-home, bring-home: put it back");
    }

    @Test
    void startsNothingWithoutRoutes() throws Exception {
        try (Stream<Path> files = Files.list(dir.resolve("routes"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }

        refuses("routes/ holds no route: put back what tac8 was delivered with");
    }

    @Test
    void namesAFileThatCamelWouldPassByInSilence() throws Exception {
        write("more.yml", "- route: {id: more, from: {uri: 'timer:more', steps: [{log: more}]}}\n");

        refuses("routes/more.yml is not read, because the routes are the files routes/*.camel.yaml: rename it, or move it away");
    }

    @Test
    void namesAFileOfWords() throws Exception {
        write("more.camel.yaml", "hello\n");

        refuses("routes/more.camel.yaml holds no route: mend it, or move it away");
    }

    @Test
    void refusesASecondReaderOfTheSpool() throws Exception {
        write("more.camel.yaml", "- route: {id: more, from: {uri: 'file:{{tac8.spool.dir}}', steps: [{log: more}]}}\n");

        refuses("routes/more.camel.yaml: the route more reads files of the spool, which only ingest-spool may");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "timer:own?period=5x | routes/own.camel.yaml: the route own has the period 5x, which is no time: 2s, say, or 500 for milliseconds",
        "own:own-request-*?delay=1s | routes/own.camel.yaml: the route own has the delay 1s, which is no number of milliseconds: 500, say",
        "timer:own?delai=1s | routes/own.camel.yaml: the route own cannot begin where it says: timer: has no option delai; did you mean delay?"})
    void namesATimeOfARouteOfOnesOwnThatIsNone(String from, String sentence) throws Exception {
        write("own.camel.yaml", "- route: {id: own, from: {uri: '" + from + "', steps: [{log: own}]}}\n");

        refuses(sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "SELECT nosuch FROM events | has a statement that cannot be run: no such column: nosuch (SQLITE_ERROR)",
        "SELECT * FROM event WHERE record_id = :#id | has a statement that cannot be run: no such table: event (SQLITE_ERROR); did you mean events?",
        "DELETE FROM events | has a statement that does more than read: only those in sql/archive, sql/ingest, sql/reconcile may",
        "WITH old AS (SELECT 1) DELETE FROM events WHERE record_id IN old | has a statement that does more than read",
        "PRAGMA journal_mode = WAL | has a statement that does more than read",
        "file:sql/report/own.sql | needs the statement sql/report/own.sql, which cannot be run: no such column: nosuch (SQLITE_ERROR)",
        "file:sql/ingest/../report/own-tables.sql | needs the statement sql/report/own-tables.sql, which does more than read"})
    void triesTheStatementsOfRoutesOfOnesOwn(String statement, String sentence) throws Exception {
        Files.createDirectories(dir.resolve("sql/report"));
        Files.writeString(dir.resolve("sql/report/own.sql"), "-- Reports. Used by: the route own.\nSELECT nosuch\nFROM events\n");
        Files.writeString(dir.resolve("sql/report/own-tables.sql"), "-- Empties $table. Used by: the route own.\nDELETE FROM $table\n");
        write("own.camel.yaml", """
                - route:
                    id: own
                    from:
                      uri: direct:own
                      steps:
                        - to: "sql:%s?dataSource=#external&prepareStatementStrategy=#tables"
                """.formatted(statement));

        refuses("routes/own.camel.yaml, line 6: the route own " + sentence);
    }

    @Test
    void triesTheStatementsAtWhichARouteOfOnesOwnBegins() throws Exception {
        write("own.camel.yaml", "- route: {id: own, from: {uri: 'sql:SELECT 1?dataSource=#local&onConsume=DELETE FROM events', steps: [{log: own}]}}\n");

        refuses("routes/own.camel.yaml: the route own has a statement that does more than read");
    }

    @Test
    void letsARouteOfOnesOwnReadInAnyFormThatCamelKnows() throws Exception {
        write("own.camel.yaml", """
                - route:
                    id: own
                    from:
                      uri: direct:own
                      steps:
                        - to: "sql:SELECT * FROM events WHERE record_id = # OR message = #?dataSource=#external"
                        - to: "sql:INSERT INTO my_notes SELECT message FROM events?dataSource=#external"
                        - to: "sql:SELECT * FROM events WHERE record_id IN (:#in:ids) OR session_id = :#${variable.ids[first]}?dataSource=#local"
                        - to: "sql:WITH one AS (SELECT 1) SELECT (SELECT count(*) FROM $table) FROM one?dataSource=#local&prepareStatementStrategy=#tables"
                        - to: "sql:SELECT count(*) FROM events JOIN active.events USING (record_id)?dataSource=#archive"
                """);

        assertThat(Service.faultsOfRoutes(home.settings())).isEmpty();
    }

    @Test
    void refusesARouteThatIsThereTwice() throws Exception {
        Files.copy(dir.resolve("routes/status.camel.yaml"), dir.resolve("routes/status-copy.camel.yaml"));

        refuses("status");
    }

    @Test
    void aRouteThatAPromisedOneCallsPassesItsFailuresOn() throws Exception {
        String handler = "errorHandler: {noErrorHandler: {}}, ";
        String more = "- route: {id: more, " + handler + "from: {uri: 'direct:more', steps: [{to: 'direct:most'}]}}\n";
        String most = "- route: {id: most, " + handler + "from: {uri: 'direct:most', steps: [{log: {message: most, loggingLevel: DEBUG}}]}}\n";
        home.edit("routes/ingest.camel.yaml", "              - to: direct:hold-chunk\n", "              - to: direct:hold-chunk\n              - to: direct:more\n");
        for (String id : List.of("more", "most")) {
            write("more.camel.yaml", (id.equals("more") ? more.replace(handler, "") : more) + (id.equals("most") ? most.replace(handler, "") : most));
            try (Service service = home.open()) {
                assertThatThrownBy(service::start).hasMessageContaining("the route " + id + " must have \"errorHandler: {noErrorHandler: {}}\", as a promised");
            }
        }
        write("more.camel.yaml", more + most);

        home.drop("a.jsonl", "{\"type\":\"session\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"status\":\"started\"}");
        home.drain();

        assertThat(home.rows("sessions")).hasSize(1);
    }

    @Test
    void letsARouteBeAddedAndAStepPutBetweenOthers() throws Exception {
        write("more.camel.yaml", "- route: {id: more, from: {uri: 'timer:more', steps: [{log: {message: more, loggingLevel: DEBUG}}]}}\n");
        home.edit("routes/ingest.camel.yaml", "              - to: direct:hold-chunk\n",
                "              - log: {message: a chunk, loggingLevel: DEBUG}\n              - to: direct:hold-chunk\n");

        home.drop("a.jsonl", "{\"type\":\"session\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"status\":\"started\"}");
        home.drain();

        assertThat(home.rows("sessions")).hasSize(1);
    }

    @Test
    void aCommandStartsTheRoutesOfItsGroupsAndThoseThatOthersCall() throws Exception {
        write("more.camel.yaml", "- route: {id: more, from: {uri: 'timer:more', steps: [{log: more}]}}\n");

        try (Service service = home.open()) {
            assertThat(service.startOnly("ingest").getRoutes()).extracting(Route::getRouteId).contains("ingest-spool", "bring-all-home")
                    .doesNotContain("more", "reconcile", "status");
        }
        try (Service service = home.open()) {
            assertThat(service.start().getRoutes()).extracting(Route::getRouteId).contains("ingest-spool", "more", "reconcile", "status");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "method: copyRecords | method: copies | the route write-postgresql lacks the step postgresql-rows.copyRecords: put it back",
        "join-tasks.sql | join-task.sql | the route write-postgresql needs the statement sql/postgresql/join-task.sql, which is not there",
        "group: postgresql | group: postgres | the route write-external must have \"group: postgresql\", by which commands choose what they start",
        "again-at-once | try-again | the route write-external must have \"errorHandler: {noErrorHandler: {}}\"",
        "method: prove | method: next | the route prove-home lacks the step reconcile.prove: put it back"})
    void withPostgresqlTheRoutesThatStandInMustBeWhole(String right, String wrong, String sentence) throws Exception {
        home.set("tac8.store", "postgresql").set("tac8.postgresql.url", "jdbc:postgresql://127.0.0.1:1/none");
        home.edit("routes/write-postgresql.camel.yaml", right, wrong);

        refuses(sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "join-kafka | batching: true | batching: false | the route join-topic must have \"batching: true\", without which records are lost: put it back",
        "join-kafka | autoCommitEnable: false | autoCommitEnable: true | must have \"autoCommitEnable: false\"",
        "join-kafka | allowManualCommit: true | allowManualCommit: false | must have \"allowManualCommit: true\"",
        "join-kafka | breakOnFirstError: true | breakOnFirstError: false | must have \"breakOnFirstError: true\"",
        "join-kafka | pollOnError: RECONNECT | pollOnError: RETRY | must have \"pollOnError: RECONNECT\"",
        "join-kafka | shutdownTimeout: 5000 | seekTo: END | must not have \"seekTo\", which passes over records that are not stored: take it out",
        "join-kafka | autoOffsetReset: earliest | autoOffsetReset: latest | must have \"autoOffsetReset: earliest\"",
        "join-kafka | DefaultKafkaManualCommitFactory | DefaultKafkaManualAsyncCommitFactory | must have \"kafkaManualCommitFactory: #class:org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommitFactory\"",
        "join-kafka | ref: kafka-join, method: commit | ref: counts, method: stored | the route join-batch lacks the step kafka-join.commit",
        "join-kafka | kafkaClientFactory: \"#kafka-topic\" | synchronous: false | the route join-topic must have \"kafkaClientFactory: #kafka-topic\"",
        "edge-kafka | requestRequiredAcks: all | requestRequiredAcks: 1 | the route store-chunk must have \"requestRequiredAcks: all\"",
        "edge-kafka | enableIdempotence: true | enableIdempotence: false | must have \"enableIdempotence: true\"",
        "edge-kafka | batchWithIndividualHeaders: true | batchWithIndividualHeaders: false | must have \"batchWithIndividualHeaders: true\"",
        "edge-kafka | method: acknowledged | method: messages | the route store-chunk lacks the step kafka-edge.acknowledged",
        "join-refused | synchronous: true | synchronous: false | the route join-refused must have \"synchronous: true\""})
    void withABrokerTheRoutesMustTakeAndSendSoThatNothingIsLost(String file, String right, String wrong, String sentence) throws Exception {
        home.set("tac8.broker", "kafka").set("tac8.kafka.role", "both").set("tac8.kafka.brokers", "127.0.0.1:1");
        home.edit("routes/" + file + ".camel.yaml", right, wrong);

        try (Service service = home.open()) {
            assertThatThrownBy(service::start).isInstanceOf(RoutesException.class).hasMessageContaining(sentence).hasMessageContaining("routes/" + file);
        }
        assertThat(Service.faultsOfRoutes(home.settings())).as("what ./tac8 validate says beside it").anyMatch(fault -> fault.contains(sentence));
    }

    @Test
    void whatIsTriedAgainAtOnceFailsInTheEnd() throws Exception {
        home.set("tac8.store", "postgresql").set("tac8.postgresql.url", "jdbc:postgresql://127.0.0.1:1/none");
        home.edit("routes/errors.camel.yaml", "exception: [dev.tac8.store.ConflictException]", lines("exception: [dev.tac8.store.ConflictException]\n          handled: {constant: true}"));

        refuses("the route write-external must not have an onException: a failure that it handles is one that nobody hears of");
    }

    @Test
    void withoutPostgresqlItsRoutesAreNeitherNeededNorThere() throws Exception {
        try (Service service = home.open()) {
            assertThat(service.start().getRoute("write-external").getGroup()).isNull();
        }
        Files.delete(dir.resolve("routes/write-postgresql.camel.yaml"));
        try (Service service = home.open()) {
            assertThat(service.start().getRoute("write-external")).isNotNull();
        }
    }

    private void refuses(String sentence) throws Exception {
        home.drop("a.jsonl", "no record");
        try (Service service = home.open()) {
            assertThatThrownBy(service::start).isInstanceOf(RoutesException.class).hasMessageContaining("so nothing was started: ")
                    .hasMessageContaining(sentence).hasMessageContaining("routes/").message().doesNotContain("org.apache", "java.", "\tat ");
            assertThat(Service.faultsOfRoutes(home.settings())).as("what ./tac8 validate says beside it").anyMatch(fault -> fault.contains(sentence));
        }
        assertThat(home.waiting()).hasSize(1);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(dir.resolve("routes/" + name), text);
    }

    private static String lines(String text) {
        return text.replace("\\n", "\n");
    }
}
