package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Routes that an operator adds: no failure of one passes in silence, and none of the delivered ones is said twice. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OwnRoutesTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String END = ". The route ends there, and the steps behind it are not done";

    @TempDir
    private Path dir;
    private Home home;
    @RegisterExtension
    private final StandardError said = new StandardError();

    @BeforeEach
    void makeHome() {
        home = new Home(dir);
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void aFailureThatNothingHandlesIsSaidUnderTheNameOfItsRoute() throws Exception {
        own("""
                - route:
                    id: own
                    from:
                      uri: timer:own?period=10&delay=0
                      steps:
                        - throwException: {exceptionType: java.lang.IllegalStateException, message: nothing to report}
                - route:
                    id: own-count
                    from:
                      uri: timer:own-count?repeatCount=1&delay=0
                      steps:
                        - to: within:own-ask
                - route:
                    id: own-ask
                    errorHandler: {noErrorHandler: {}}
                    from:
                      uri: direct:own-ask
                      steps:
                        - transacted: {ref: external-transaction}
                        - to: "sql:SELECT abs(-9223372036854775807 - 1)?dataSource=#external"
                - route:
                    id: own-parts
                    from:
                      uri: timer:own-parts?repeatCount=1&delay=0
                      steps:
                        - split:
                            constant: "a,b"
                            steps:
                              - filter:
                                  simple: "${body} == 'a'"
                                  steps:
                                    - throwException: {exceptionType: java.lang.IllegalStateException, message: "no part ${body}"}
                - route:
                    id: own-aside
                    from:
                      uri: timer:own-aside?repeatCount=1&delay=0
                      steps:
                        - wireTap: {uri: direct:own-tap}
                - route:
                    id: own-tap
                    from:
                      uri: direct:own-tap
                      steps:
                        - throwException: {exceptionType: java.lang.IllegalStateException, message: tapped for nothing}
                """);

        home.start();

        await().atMost(SOON).untilAsserted(() -> assertThat(log()).contains("ERROR own - nothing to report" + END,
                "ERROR own-ask - integer overflow (SQLITE_ERROR)" + END, "ERROR own-parts - no part a" + END, "ERROR own-tap - tapped for nothing" + END));
        assertThat(log()).containsOnlyOnce("nothing to report").containsOnlyOnce("integer overflow").containsOnlyOnce("no part a");
    }

    @Test
    void whatARouteCatchesIsSaidOnceOrNotAtAll() throws Exception {
        own("""
                - route:
                    id: own
                    from:
                      uri: timer:own?period=10&delay=0
                      steps:
                        - doTry:
                            steps:
                              - split:
                                  constant: "a"
                                  stopOnException: true
                                  steps:
                                    - split: {constant: "b", stopOnException: true, steps: [{to: within:own-ask}]}
                            doCatch:
                              - exception: [java.lang.IllegalStateException]
                                steps:
                                  - setVariable: {name: next, constant: The next one may}
                                  - to: direct:say-failure
                - route:
                    id: own-ask
                    errorHandler: {noErrorHandler: {}}
                    from:
                      uri: direct:own-ask
                      steps:
                        - throwException: {exceptionType: java.lang.IllegalStateException, message: it does not answer}
                """);
        home.edit("routes/ingest.camel.yaml", "              - to: direct:hold-chunk\n", "              - to: direct:hold-chunk\n"
                + "              - throwException: {exceptionType: java.lang.IllegalStateException, message: not yet}\n");
        home.drop("a.jsonl", "{\"type\":\"session\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"status\":\"started\"}");

        home.start();

        await().atMost(SOON).untilAsserted(() -> assertThat(log()).contains("The next one may", "a.jsonl: not yet. The file stays"));
        assertThat(log()).doesNotContain(END).containsOnlyOnce("it does not answer").containsOnlyOnce("not yet");
    }

    private void own(String routes) throws Exception {
        Files.writeString(dir.resolve("routes/own.camel.yaml"), routes);
    }

    private String log() {
        return said.text();
    }
}
