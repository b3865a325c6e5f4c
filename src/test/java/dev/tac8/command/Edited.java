package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.generation.EditedFiles;
import dev.tac8.generation.InForce;
import dev.tac8.service.LiveEdits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.awaitility.Awaitility;
import org.springframework.util.FileSystemUtils;

/** A service of this process whose files are edited while it runs, as {@code ./tac8 run} has it, and what it says. */
final class Edited implements AutoCloseable {
    /** Far more than an edit takes. */
    static final Duration SOON = Duration.ofSeconds(30);
    /** What a step in front of ingest says of each file. */
    private static final String MARK = "        - log: {logName: mark, message: \"%s ${header.CamelFileName}\"}\n";
    private static final String FIRST = "        - bean: {id: open-file";

    private final Home home;
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final EditedFiles whole;
    private final LiveEdits edits;
    private int dropped;

    /** Starts it with a mark in ingest: each file is stored by routes that say {@code old}. */
    Edited(Home home) throws Exception {
        this.home = home;
        home.edit("routes/ingest.camel.yaml", FIRST, MARK.formatted("old") + FIRST);
        whole = EditedFiles.read(home.path(""));
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        edits = LiveEdits.open(home.settings(), null, RunCommand::faults);
        edits.service().checkStores();
        edits.start();
    }

    Home home() {
        return home;
    }

    CamelContext context() {
        return edits.service().context();
    }

    InForce.State now() {
        return edits.service().inForce().now();
    }

    /** Lets the mark say {@code new}, if the file of ingest is there. */
    Edited mark() {
        if (Files.isRegularFile(home.path("routes/ingest.camel.yaml"))) {
            home.edit("routes/ingest.camel.yaml", MARK.formatted("old"), MARK.formatted("new"));
        }
        return this;
    }

    /** Puts all files back as they were at the start. */
    void mend() throws IOException {
        for (String folder : new String[] {"routes", "sql", "prices"}) {
            Files.createDirectories(home.path(folder));
            try (Stream<Path> files = Files.walk(home.path(folder))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    if (whole.bytes(home.path("").relativize(file).toString()) == null) {
                        Files.delete(file);
                    }
                }
            }
        }
        if (Files.isDirectory(home.path("application.properties"))) {
            FileSystemUtils.deleteRecursively(home.path("application.properties"));
        }
        whole.writeTo(home.path(""));
    }

    InForce.State await(String what, Predicate<InForce.State> how) {
        return Awaitility.await(what).atMost(SOON).pollInterval(Duration.ofMillis(5))
                .until(this::now, how::test);
    }

    /** Waits until another generation than this one is in force. */
    InForce.State awaitAfter(int generation) {
        try {
            return await("another generation is in force", now -> now.number() > generation && now.refused() == null && now.waits() == null);
        } catch (RuntimeException e) {
            throw new AssertionError(now() + "\n" + said(), e);
        }
    }

    /** Drops a record, waits until it is stored, and says which mark was at work. */
    String store() {
        String id = "r" + ++dropped;
        home.drop(id + ".jsonl", "{\"type\":\"event\",\"id\":\"" + id + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\","
                + "\"event_type\":\"e\",\"message\":\"m\"}");
        home.awaitDrained(SOON);
        assertThat(home.query("SELECT count(*) FROM events WHERE record_id = '" + id + "'")).containsExactly("1");
        String marks = said();
        return (marks.contains("old " + id + ".jsonl") ? "old" : "") + (marks.contains("new " + id + ".jsonl") ? "new" : "");
    }

    /** What it has said so far. */
    String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        edits.close();
        System.setErr(err);
    }
}
