package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tac8.service.RoutesException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An operator's slips in routes/, at random: a line or a step that is gone or elsewhere, a word misspelt. Either the service starts and
 * stores and sets aside all of a file, or it does not start, or the file stays where it is; and a sentence says why.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RandomEditsTest {
    private static final int EDITS = Integer.getInteger("tac8.test.edits", 25);
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path dir;
    private Home home;
    private PrintStream err;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @BeforeEach
    void makeHome() {
        home = new Home(dir).set("tac8.breaker.retry-seconds", 1).set("tac8.reconcile.seconds", 1);
        err = System.err;
    }

    @AfterEach
    void stop() {
        System.setErr(err);
        home.close();
    }

    @Test
    void losesNothingAndSaysASentenceWhateverIsEdited() throws Exception {
        long seed = Long.getLong("tac8.test.seed", System.nanoTime());
        System.out.println("RandomEditsTest: -Dtac8.test.seed=" + seed);
        Random random = new Random(seed);
        home.drain();
        List<Path> files;
        try (Stream<Path> routes = Files.list(dir.resolve("routes"))) {
            files = routes.sorted().toList();
        }
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        for (int i = 0; i < EDITS; i++) {
            Path file = files.get(random.nextInt(files.size()));
            String before = Files.readString(file);
            String after = edited(before, random);
            Files.writeString(file, after);
            boolean outage = random.nextInt(4) == 0;
            String what = "seed " + seed + ", edit " + i + " of " + file.getFileName() + (outage ? " in an outage" : "") + ":\n" + difference(before, after);
            if (outage) {
                Files.move(dir.resolve("var/external"), dir.resolve("var/gone"));
            }
            try {
                judge(i, what);
            } finally {
                Files.writeString(file, before);
                if (outage) {
                    Files.move(dir.resolve("var/gone"), dir.resolve("var/external"));
                }
            }
        }
    }

    private void judge(int i, String what) throws Exception {
        said.reset();
        home.drop("probe" + i + ".jsonl", event("a" + i), "no record " + i, call("b" + i), event("c" + i));
        // Not all that waits: the service drops what it has to tell of itself.
        Path probe = home.spool().resolve("probe" + i + ".jsonl");
        String sentence = null;
        try {
            home.start();
            await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> !Files.exists(probe) || text().contains("ERROR"));
        } catch (RoutesException e) {
            sentence = e.getMessage();
            assertThat(sentence).as(what).contains(".camel.yaml");
        } finally {
            home.stop();
        }
        assertThat(text() + sentence).as(what).doesNotContain("\tat ").doesNotContainPattern("\\b(java|org)(\\.\\w+)+Exception: ");
        if (!Files.exists(probe)) {
            assertThat(stored("events")).as(what).contains("a" + i, "c" + i);
            assertThat(stored("api_calls")).as(what).contains("b" + i);
            assertThat(home.quarantined()).as(what).anyMatch(kept -> kept.getFileName().toString().startsWith("probe" + i + ".jsonl"));
        } else if (sentence == null) {
            assertThat(text()).as(what).contains("probe" + i + ".jsonl");
        }
        for (Path waiting : home.waiting()) {
            Files.delete(waiting);
        }
    }

    private List<String> stored(String table) {
        List<String> ids = new ArrayList<>();
        for (Path database : List.of(home.database(), dir.resolve("var/gone/logs.db"), home.localDatabase())) {
            if (Files.exists(database)) {
                ids.addAll(Home.query(database, "SELECT record_id FROM " + table));
            }
        }
        return ids;
    }

    private String text() {
        return said.toString(StandardCharsets.UTF_8);
    }

    /** One slip that changes something. */
    private static String edited(String text, Random random) {
        while (true) {
            List<String> lines = new ArrayList<>(text.lines().toList());
            int at = random.nextInt(lines.size());
            String line = lines.get(at);
            if (line.isBlank() || line.matches("#.*|\\s*(description|note|id):.*")) {
                continue;
            }
            int indent = line.length() - line.stripLeading().length();
            switch (random.nextInt(5)) {
                case 0 -> lines.remove(at);
                case 1 -> {
                    lines.remove(at);
                    while (at < lines.size() && lines.get(at).length() - lines.get(at).stripLeading().length() > indent) {
                        lines.remove(at);
                    }
                }
                case 2 -> lines.set(at, random.nextBoolean() || indent == 0 ? " " + line : line.substring(1));
                case 3 -> {
                    lines.remove(at);
                    lines.add(Math.min(lines.size(), at + 1), line);
                }
                default -> {
                    int letter = indent + random.nextInt(line.length() - indent);
                    if (!Character.isLetterOrDigit(line.charAt(letter))) {
                        continue;
                    }
                    lines.set(at, line.substring(0, letter) + (random.nextBoolean() ? "" : line.substring(letter, letter + 1).repeat(2))
                            + line.substring(letter + 1));
                }
            }
            String edited = String.join("\n", lines) + "\n";
            if (!edited.equals(text)) {
                return edited;
            }
        }
    }

    /** The lines that differ. */
    private static String difference(String before, String after) {
        List<String> gone = new ArrayList<>(before.lines().toList());
        List<String> come = new ArrayList<>(after.lines().toList());
        while (!gone.isEmpty() && !come.isEmpty() && gone.get(0).equals(come.get(0))) {
            gone.remove(0);
            come.remove(0);
        }
        while (!gone.isEmpty() && !come.isEmpty() && gone.get(gone.size() - 1).equals(come.get(come.size() - 1))) {
            gone.remove(gone.size() - 1);
            come.remove(come.size() - 1);
        }
        return gone.stream().map(line -> "- " + line + "\n").reduce("", String::concat)
                + come.stream().map(line -> "+ " + line + "\n").reduce("", String::concat);
    }

    private static String event(String id) {
        return "{\"type\":\"event\",\"id\":\"" + id + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s" + id
                + "\",\"event_type\":\"e\",\"message\":\"m\"}";
    }

    private static String call(String id) {
        return "{\"type\":\"api_call\",\"id\":\"" + id + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"worker_id\":\"w" + id + "\",\"model\":\"m\"}";
    }
}
