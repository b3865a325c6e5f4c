package dev.tac8.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.store.Commits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Where each line of a batch ends when a store refuses some and others are too long: in the store, or refused under its own place. */
class BatchTest {
    private static final long SEED = Long.getLong("tac8.test.seed", System.nanoTime());
    private static final String REFUSED = "the store refuses it";
    private static final RecordFormat FORMAT = new RecordFormat();

    private enum Kind {
        GOOD, REFUSED, TOO_LONG
    }

    private final List<String> stored = new ArrayList<>();

    @Test
    void setsAsideTheRecordThatTheStoreRefusesAndNotTheLineBesideIt() throws IOException {
        requireEachOnce(List.of(Kind.TOO_LONG, Kind.REFUSED, Kind.GOOD, Kind.GOOD));
    }

    @Test
    void accountsForEachLineOnceInEveryOrderOfFiveLines() throws IOException {
        int kinds = Kind.values().length;
        for (int count = 1; count <= 5; count++) {
            for (int order = 0; order < Math.pow(kinds, count); order++) {
                List<Kind> lines = new ArrayList<>();
                for (int rest = order; lines.size() < count; rest /= kinds) {
                    lines.add(Kind.values()[rest % kinds]);
                }
                requireEachOnce(lines);
            }
        }
    }

    @Test
    void accountsForEachLineOnceInRandomBatches() throws IOException {
        System.out.println("BatchTest: -Dtac8.test.seed=" + SEED);
        Random random = new Random(SEED);
        for (int batch = 0; batch < 200; batch++) {
            int good = random.nextInt(100);
            int tooLong = random.nextInt(100);
            List<Kind> lines = new ArrayList<>();
            for (int left = 1 + random.nextInt(120); left > 0; left--) {
                lines.add(random.nextInt(100) < good ? Kind.GOOD : random.nextInt(100) < tooLong ? Kind.TOO_LONG : Kind.REFUSED);
            }
            requireEachOnce(lines);
        }
    }

    @Test
    void failsIfALineIsNeitherStoredNorRefusedUnderItsPlace() throws IOException {
        Batch batch = batch(List.of(Kind.TOO_LONG, Kind.GOOD, Kind.GOOD));
        // As halves that are cut anywhere would have it.
        store(batch.chunk());
        batch.chunk().add(new BadLine(1, 0, 1, null, REFUSED));
        batch.chunk().counts().merge(RecordType.EVENT, -1L, Long::sum);

        assertThatThrownBy(batch::refused).isInstanceOf(IOException.class).hasMessageContaining("of the 3 lines of a batch of the topic 1 count as stored and 1 as refused");
    }

    private void requireEachOnce(List<Kind> lines) throws IOException {
        List<String> good = new ArrayList<>();
        Map<Integer, String> bad = new TreeMap<>();
        for (int i = 0; i < lines.size(); i++) {
            switch (lines.get(i)) {
                case GOOD -> good.add(id(lines, i));
                case REFUSED -> bad.put(i, REFUSED);
                default -> bad.put(i, "event_type is 900 bytes long");
            }
        }
        stored.clear();
        Batch batch = batch(lines);
        store(batch.chunk());

        Map<Integer, String> refused = new TreeMap<>();
        batch.refused().forEach((place, reason) -> refused.put(place, reason.substring(0, Math.min(reason.length(), bad.getOrDefault(place, "").length()))));
        assertThat(refused).as("refused of %s", lines).isEqualTo(bad);
        assertThat(stored).as("stored of %s", lines).isEqualTo(good);
        assertThat(batch.refused()).as("asked again").hasSameSizeAs(bad);
    }

    /** As the route store-guarded has it. */
    private void store(Chunk chunk) throws IOException {
        List<String> ids = chunk.rows().get("events").stream().map(row -> (String) row.get("record_id")).toList();
        if (ids.stream().noneMatch(id -> id.endsWith(Kind.REFUSED.name()))) {
            Commits.of(chunk.receipt());
            stored.addAll(ids);
        } else if (chunk.isRecord()) {
            chunk.refuse(REFUSED);
        } else {
            for (Chunk half : chunk.halves()) {
                store(half);
            }
        }
    }

    private static Batch batch(List<Kind> lines) throws IOException {
        List<Batch.Arrived> arrived = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String type = lines.get(i) == Kind.TOO_LONG ? "x".repeat(900) : "note";
            String line = "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"id\":\"" + id(lines, i) + "\",\"event_type\":\"" + type
                    + "\",\"message\":\"m\"}";
            arrived.add(new Batch.Arrived(line.getBytes(StandardCharsets.UTF_8), null, () -> "a line"));
        }
        return new Batch("the topic", FORMAT, arrived);
    }

    private static String id(List<Kind> lines, int place) {
        return place + "-" + lines.get(place);
    }
}
