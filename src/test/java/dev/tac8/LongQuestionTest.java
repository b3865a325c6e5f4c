package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Questions that take longer than a coordinator can wait, from another process, while the service stores. */
@Tag("process")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LongQuestionTest {
    /** Longer than anybody waits. */
    private static final String ENDLESS = "SELECT count(*) FROM events a, events b, events c, events d, events e";
    private static final Duration HELD_UP = Duration.ofSeconds(15);

    @TempDir
    private Path dir;
    private Home home;
    private Process question;

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home")).set("tac8.reconcile.seconds", 3600);
    }

    @AfterEach
    void stop() {
        if (question != null) {
            question.destroyForcibly();
        }
        home.close();
    }

    @Test
    void anEndlessQuestionHoldsUpNoFile() throws Exception {
        home.start();
        home.drop("a.jsonl", events(0, 1000));
        home.awaitDrained();
        ask(ENDLESS);

        for (int i = 0; i < 5; i++) {
            home.drop(i + ".jsonl", events(1000 + i, 1001 + i));
            home.awaitDrained(HELD_UP);
        }

        assertThat(question.isAlive()).isTrue();
        assertThat(Home.query(home.database(), "SELECT count(*) FROM events")).containsExactly("1005");
    }

    @Test
    void anEndlessQuestionHoldsUpNoFileThatGoesToTheLocalStore() throws Exception {
        home.start();
        home.drop("a.jsonl", events(0, 1000));
        home.awaitDrained();
        Files.move(home.path("var/external"), home.path("var/gone"));
        home.drop("b.jsonl", events(1000, 2000));
        home.awaitDrained();
        ask(ENDLESS);

        for (int i = 0; i < 5; i++) {
            home.drop(i + ".jsonl", events(2000 + i, 2001 + i));
            home.awaitDrained(HELD_UP);
        }

        assertThat(question.isAlive()).isTrue();
        assertThat(Home.query(home.localDatabase(), "SELECT count(*) FROM events")).containsExactly("1005");
    }

    @Test
    @Tag("thorough")
    void aQuestionThatGaveWayAnswersOfOneMoment() throws Exception {
        home.start();
        home.drop("a.jsonl", events(0, 400));
        home.awaitDrained();
        ask("SELECT count(*) AS cube, (SELECT count(*) FROM events) AS number FROM events a, events b, events c WHERE a.rowid + b.rowid > c.rowid - 9e9");

        for (int i = 0; question.isAlive(); i++) {
            home.drop(i + ".jsonl", events(1000 + i, 1001 + i));
            home.awaitDrained(HELD_UP);
        }

        String[] line = new String(question.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList().get(1).split(",");
        long number = Long.parseLong(line[1]);
        assertThat(number).isGreaterThanOrEqualTo(400);
        assertThat(Long.parseLong(line[0])).isEqualTo(number * number * number);
        assertThat(question.waitFor()).isZero();
    }

    /** Asks in another process, which has locked the store when this returns. */
    private void ask(String sql) throws IOException {
        question = home.command(List.of(), "sql", "--csv", sql).redirectErrorStream(false).redirectError(Redirect.INHERIT).start();
        await().atMost(Duration.ofSeconds(60)).until(() -> Files.readString(Path.of("/proc/locks")).contains(" READ " + question.pid() + " "));
    }

    private static String[] events(int from, int to) {
        return IntStream.range(from, to).mapToObj(number -> "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"id\":\"event-" + number
                + "\",\"session_id\":\"s\",\"event_type\":\"seen\",\"message\":\"m\"}").toArray(String[]::new);
    }
}
