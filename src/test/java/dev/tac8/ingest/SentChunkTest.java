package dev.tac8.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chunk of an edge: it is lines, and whatever a route does with it, it counts only once all of them were sent. */
class SentChunkTest {
    private static final String KNOWN_BY_ID = "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"e\",\"message\":\"é\",\"id\":\"1\"}";
    private static final String KNOWN_BY_PLACE = "{\"type\":\"api_call\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"worker_id\":\"w\",\"model\":\"m\"}";

    @TempDir
    private Path dir;

    private SpoolFile file() throws Exception {
        Path path = Files.write(dir.resolve("a.jsonl"), List.of("\uFEFF" + KNOWN_BY_ID, "", "no record", KNOWN_BY_PLACE + "\r"));
        return new SpoolFile(path, new SpoolFile.Reading(new RecordFormat(), 100_000, 1000, 1 << 20, Runnable::run, () -> false, true));
    }

    @Test
    void hasItsLinesAsTheyAreInTheFileAndWhatARecordWithoutAnIdIsKnownBy() throws Exception {
        try (SpoolFile file = file()) {
            Chunk chunk = file.iterator().next();

            assertThat(chunk.lines()).extracting(line -> new String(line.text(), StandardCharsets.UTF_8), Line::session, Line::worker, Line::place).containsExactly(
                    tuple(KNOWN_BY_ID, "s", null, null),
                    tuple(KNOWN_BY_PLACE, null, "w", file.place(("\uFEFF" + KNOWN_BY_ID + "\n\nno record\n").getBytes(StandardCharsets.UTF_8).length)));
            assertThat(chunk.badLines()).extracting(Quarantine.Entry::line).containsExactly(3L);
        }
    }

    @Test
    void countsOnlyOnceAllOfItWasSent() throws Exception {
        try (SpoolFile file = file()) {
            Chunk chunk = file.iterator().next();

            assertThat(chunk.rows().values()).as("for a store, to which a route may lead by mistake").allMatch(List::isEmpty);
            assertThatThrownBy(() -> file.completed(chunk)).hasMessageContaining("no store has confirmed all records of lines 1 and following, so they do not count");
            assertThatThrownBy(() -> chunk.sent(1)).hasMessage("of 2 records 1 were acknowledged, so they do not count");
            assertThatThrownBy(() -> file.completed(chunk)).hasMessageContaining("so they do not count");

            chunk.sent(2);
            file.completed(chunk);
            chunk.settle();

            assertThat(file.counts()).isEqualTo(Map.of(RecordType.EVENT, 1L, RecordType.API_CALL, 1L));
            assertThat(chunk.badLines()).hasSize(1);
            file.requireWhole();
        }
    }

    @Test
    void hasNoLinesWhereEverythingIsStored() throws Exception {
        Path path = Files.write(dir.resolve("a.jsonl"), List.of(KNOWN_BY_ID));
        try (SpoolFile file = new SpoolFile(path, new SpoolFile.Reading(new RecordFormat(), 100_000, 1000, 1 << 20, Runnable::run, () -> false, false))) {
            assertThatThrownBy(file.iterator().next()::lines).hasMessageContaining("tac8.broker or tac8.kafka.role was changed");
        }
    }
}
