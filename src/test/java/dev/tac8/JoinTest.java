package dev.tac8;

import dev.tac8.fault.Corpus;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The statements in sql/ingest join rows, so that the order in which records arrive does not matter. */
class JoinTest {
    private static final int RECORDS = 50;
    private static final int SHUFFLES_OF_THE_SAME = 20;
    private static final int MOST_FILES = 6;

    @TempDir
    private Path dir;

    @ParameterizedTest(name = "in chunks of {0}, {1} shuffles")
    @CsvSource({"1, 20", "7, 20", "1000, 20"})
    void givesTheSameRowsInAnyOrderOfArrival(int chunkRecords, int shuffles) throws Exception {
        shuffle(chunkRecords, shuffles);
    }

    @ParameterizedTest(name = "in chunks of {0}, {1} shuffles")
    @CsvSource({"7, 80", "1000, 80"})
    @Tag("thorough")
    void givesTheSameRowsInAnyOfManyOrdersOfArrival(int chunkRecords, int shuffles) throws Exception {
        shuffle(chunkRecords, shuffles);
    }

    private void shuffle(int chunkRecords, int shuffles) throws Exception {
        Random random = Corpus.random(getClass());
        try (Home home = new Home(dir).set("tac8.ingest.chunk-records", chunkRecords)) {
            home.start();
            List<Map<String, Object>> records = List.of();
            Map<String, List<String>> expected = Map.of();
            for (int shuffle = 0; shuffle < shuffles; shuffle++) {
                if (shuffle % SHUFFLES_OF_THE_SAME == 0) {
                    records = new ArrayList<>(Corpus.records(random, RECORDS, true));
                    expected = Corpus.tables(records);
                }
                Collections.shuffle(records, random);
                drop(home, records, random);
                home.awaitDrained();

                Corpus.assertSame(home.tables(), expected);
                home.assertSound();
                empty(home);
            }
        }
    }

    /** Spreads records over some files in the order given; a file that comes later has the later name. */
    private static void drop(Home home, List<Map<String, Object>> records, Random random) {
        List<ByteArrayOutputStream> files = new ArrayList<>();
        int count = 1 + random.nextInt(MOST_FILES);
        for (int i = 0; i < count; i++) {
            files.add(new ByteArrayOutputStream());
        }
        for (Map<String, Object> record : records) {
            ByteArrayOutputStream file = files.get(random.nextInt(count));
            file.writeBytes(Corpus.line(record));
            file.write('\n');
        }
        for (int i = 0; i < count; i++) {
            home.drop(i + ".jsonl", files.get(i).toByteArray());
        }
    }

    private static void empty(Home home) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.database());
             Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout=30000");
            connection.setAutoCommit(false);
            for (String table : Home.TABLES) {
                statement.execute("DELETE FROM " + table);
            }
            statement.execute("DELETE FROM sqlite_sequence");
            connection.commit();
        }
    }
}
