package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Another process that locks the external store, reads it for long or takes its journal away makes nobody lose anything. */
@Tag("thorough")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OtherProcessIT {
    /** How long the other process keeps the store to itself; the service waits for a part of that. */
    private static final Duration HELD = Duration.ofSeconds(Integer.getInteger("tac8.test.lock-seconds", 3));
    private static final long BUSY_SECONDS = Math.max(1, HELD.toSeconds() / 6);
    private static final String STEP = "          - setBody: {simple: \"${variable.chunk}\"}\n";
    private static final String PAUSE = "          - bean: {beanType: dev.tac8.fault.Pause, method: here}\n" + STEP;

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());
    private Machine machine;

    @AfterEach
    void end() {
        if (machine != null) {
            machine.close();
        }
    }

    @Test
    void takesTheLocalStoreWhileAnotherProcessHoldsTheLock() throws Exception {
        start();
        try (Connection other = open(); Statement statement = other.createStatement()) {
            long begin = System.nanoTime();
            statement.execute("BEGIN EXCLUSIVE");
            dropAndHoldSince(begin);
            assertThat(machine.localRows()).isPositive();
            statement.execute("ROLLBACK");
        }
        machine.awaitHome();
        machine.check("another process holds the lock for " + HELD.toSeconds() + " s", 1);
    }

    @Test
    void letsAReaderFinishWithWhatItBeganWith() throws Exception {
        start();
        try (Connection other = open(); Statement statement = other.createStatement()) {
            long rows = count(statement);
            long begin = System.nanoTime();
            try (ResultSet cursor = statement.executeQuery("SELECT record_id FROM events")) {
                long read = 0;
                while (cursor.next()) {
                    if (++read == 1) {
                        dropAndHoldSince(begin);
                    }
                }
                assertThat(read).isEqualTo(rows);
            }
        }
        machine.awaitHome();
        machine.check("a reader holds its cursor open for " + HELD.toSeconds() + " s", 1);
    }

    @ParameterizedTest(name = "the journal is removed: {0}, the service killed then: {1}")
    @CsvSource({"true, false", "true, true", "false, false", "false, true"})
    void doesNotNeedTheJournalOfATransactionThatStandsStill(boolean removed, boolean killed) throws Exception {
        machine = new Machine(dir, random);
        machine.home().edit("routes/write.camel.yaml", STEP, PAUSE);
        machine.drop(2);
        machine.start();
        Path home = machine.home().path("");
        machine.await("a transaction stands still", () -> Files.exists(Pause.paused(home)));
        Path journal = machine.onDisk().resolveSibling("logs.db-journal");
        assertThat(journal).isNotEmptyFile();
        if (removed) {
            Files.delete(journal);
        } else {
            FileChannel.open(journal, StandardOpenOption.WRITE).truncate(0).close();
        }
        Files.createFile(Pause.goOn(home));
        if (killed) {
            machine.kill();
            machine.start();
        }
        machine.awaitHome();
        machine.check("the journal of an open transaction is " + (removed ? "removed" : "truncated")
                + (killed ? ", then kill -9" : ""), 1);
    }

    private void start() throws Exception {
        machine = new Machine(dir, random);
        machine.home().set("tac8.store.busy-seconds", BUSY_SECONDS);
        machine.start();
        machine.drop(1);
        machine.awaitHome();
    }

    /** Has work done while the store is held. */
    private void dropAndHoldSince(long beginNanos) {
        machine.drop(2);
        machine.awaitAcknowledged();
        // Not a wait for anything: how long it is held is the fault.
        Awaitility.await().atMost(HELD.multipliedBy(2)).until(() -> System.nanoTime() - beginNanos >= HELD.toNanos());
    }

    private static long count(Statement statement) throws Exception {
        try (ResultSet row = statement.executeQuery("SELECT count(*) FROM events")) {
            return row.getLong(1);
        }
    }

    /** The external store, in this process, which is another one than the service. */
    private Connection open() throws Exception {
        return DriverManager.getConnection("jdbc:sqlite:file:" + machine.onDisk() + "?mode=rw");
    }
}
