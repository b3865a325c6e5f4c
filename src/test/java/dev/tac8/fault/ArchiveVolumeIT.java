package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.archive.Requests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The external volume is full, vanishes or hangs in the middle of an archive run: it ends with a sentence, and the next one goes on. */
@Tag("thorough")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ArchiveVolumeIT {
    private static final int FILES = 4;
    private static final int RECORDS = 300;
    private static final int MOST_BYTES_LEFT = 100_000;
    private static final List<Instant> TIMES = Stream.of(120, 150, 180, 210, 240, 2).map(days -> Instant.parse(Instant.now()
            .minus(Duration.ofDays(days)).toString().substring(0, 11) + "10:00:00Z")).toList();

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());
    private Machine machine;
    private boolean frozen;

    @AfterEach
    void end() throws Exception {
        if (machine != null) {
            thaw();
            machine.close();
        }
    }

    @ParameterizedTest(name = "to the last byte: {0}")
    @ValueSource(booleans = {true, false})
    void whatFindsNoRoomStaysInTheActiveStore(boolean toTheLastByte) throws Exception {
        machine = new Machine(dir, random);
        machine.shrinkExternal("size=24m");
        machine.start();
        deliver();
        List<Path> ballast = machine.mounts().fill(machine.external(), toTheLastByte ? 0 : random.nextInt(MOST_BYTES_LEFT));
        Requests.Answer answer = machine.archive();
        assertThat(answer.failed()).as(answer.message()).isTrue();
        assertThat(answer.message()).contains("full").doesNotContain("\n");
        machine.checkArchived("", false);

        for (Path file : ballast) {
            Files.delete(file);
        }
        machine.awaitHome();
        goesOn("no room for the archive" + (toTheLastByte ? ", not a byte" : ""));
    }

    /** What stands still in a chunk. */
    private enum Moment {
        BEFORE_THE_ARCHIVES_COMMIT("        - to: \"sql:file:sql/ingest/remove-unknown-task.sql?dataSource=#archive&prepareStatementStrategy=#tables\"\n"),
        AFTER_THE_ARCHIVES_COMMIT("        - to: {uri: \"sql:file:sql/archive/unequal.sql"),
        BEFORE_THE_COMMIT_OF_THE_DELETES("        - to: \"sql:file:sql/ingest/remove-unknown-task.sql?dataSource=#active&prepareStatementStrategy=#tables\"\n");

        private final String step;

        Moment(String step) {
            this.step = step;
        }

        void edit(Machine machine) {
            machine.home().edit("routes/archive-chunk.camel.yaml", step, "        - bean: {beanType: dev.tac8.fault.Pause, method: here}\n" + step);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theVolumeVanishesInTheMiddleOfAChunk(Moment moment) throws Exception {
        machine = new Machine(dir, random);
        moment.edit(machine);
        machine.start();
        deliver();
        boolean backAtOnce = random.nextBoolean();
        String id = machine.askForArchive();
        awaitPause();
        machine.pullOut();
        if (backAtOnce) {
            machine.plugIn();
        }
        goOn();
        Requests.Answer answer = machine.awaitArchive(id);
        if (!backAtOnce) {
            assertThat(answer.failed()).as(answer.message()).isTrue();
            assertThat(answer.message()).contains("no tac8 volume is mounted at " + machine.mountPoint()).doesNotContain("\n");
            machine.dropSpread(RECORDS, TIMES);
            machine.awaitAcknowledged();
            machine.plugIn();
        }
        machine.awaitHome();
        goesOn("the volume vanishes " + moment.name().toLowerCase().replace('_', ' ') + (backAtOnce ? " and is back at once" : ""));
    }

    @Test
    void anArchiveThatIsTakenAwayBeforeTheProofProvesNothing() throws Exception {
        machine = new Machine(dir, random);
        Moment.AFTER_THE_ARCHIVES_COMMIT.edit(machine);
        machine.start();
        deliver();
        String id = machine.askForArchive();
        awaitPause();
        List<Path> archives;
        try (Stream<Path> files = Files.list(machine.onDisk().resolveSibling("archive"))) {
            archives = files.filter(file -> file.toString().endsWith(".db")).sorted().toList();
        }
        // The newest one is being written. Nothing else was ever in it.
        Files.delete(archives.get(archives.size() - 1));
        goOn();
        Requests.Answer answer = machine.awaitArchive(id);
        assertThat(answer.failed()).as(answer.message()).isFalse();
        machine.awaitHome();
        goesOn("an archive is removed between its commit and the proof");
    }

    @Test
    void aDiskThatHangsHoldsUpNobody() throws Exception {
        machine = new Machine(dir, random);
        machine.makeExternalFreezable();
        machine.home().set("tac8.store.busy-seconds", 5).set("tac8.store.answer-seconds", 6);
        Moment.BEFORE_THE_COMMIT_OF_THE_DELETES.edit(machine);
        machine.start();
        deliver();
        String id = machine.askForArchive();
        awaitPause();
        machine.mounts().run("fsfreeze", "-f", machine.mountPoint());
        frozen = true;
        goOn();
        Requests.Answer answer = machine.awaitArchive(id);
        assertThat(answer.failed()).as(answer.message()).isTrue();
        assertThat(answer.message()).contains("hangs");
        machine.dropSpread(RECORDS, TIMES);
        machine.awaitAcknowledged();
        assertThat(machine.archive().message()).as("another run meanwhile").contains("hangs");
        thaw();

        machine.awaitHome();
        goesOn("the disk hangs in mid-run and answers again");
    }

    private void deliver() {
        for (int i = 0; i < FILES; i++) {
            machine.dropSpread(RECORDS, TIMES);
        }
        machine.awaitHome();
    }

    private void awaitPause() {
        machine.await("a chunk stands still", () -> Files.exists(Pause.paused(machine.home().path(""))));
    }

    private void goOn() throws IOException {
        Files.createFile(Pause.goOn(machine.home().path("")));
    }

    private void thaw() throws Exception {
        if (frozen) {
            machine.mounts().run("fsfreeze", "-u", machine.mountPoint());
            frozen = false;
        }
    }

    /** Now that all is well again: nothing was lost, and another run ends well. */
    private void goesOn(String fault) throws Exception {
        machine.checkArchived("", false);
        Requests.Answer answer = machine.archive();
        assertThat(answer.failed()).as(answer.message()).isFalse();
        machine.awaitHome();
        machine.checkArchived(fault, true);
    }
}
