package dev.tac8.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeTest {
    @TempDir
    private Path dir;
    private Path disk;
    private Path memory;
    private Volume volume;

    @BeforeEach
    void makeDisk() throws IOException {
        disk = Files.createDirectory(dir.resolve("disk"));
        memory = dir.resolve("local/external-volume");
        volume = new Volume(disk, memory);
    }

    @Test
    void isNotThereWithoutItsMarker() throws Exception {
        assertThatThrownBy(volume::check).isInstanceOf(StoreException.class)
                .hasMessage("no tac8 volume is mounted at " + disk + " (there is no .tac8-volume): mount it, or make one with"
                        + " ./tac8 volume init " + disk);
        assertThat(disk).isEmptyDirectory();
        assertThat(memory).doesNotExist();
    }

    @Test
    void keepsTheMarkThatItHas() throws Exception {
        String id = volume.mark();

        assertThat(volume.mark()).isEqualTo(id).hasSize(36);
        assertThat(Files.readString(disk.resolve(Volume.MARKER))).isEqualTo(id + "\n");
    }

    @Test
    void isRememberedWhenItIsFirstSeen() throws Exception {
        String id = volume.mark();

        volume.check();

        assertThat(Files.readString(memory)).isEqualTo(id + "\n");
        volume.check();
    }

    @Test
    void isRefusedWhereAnotherOneIsOurs() throws Exception {
        String other = volume.mark();
        volume.remember("11111111-2222-3333-4444-555555555555");

        assertThatThrownBy(volume::check).isInstanceOf(StoreException.class)
                .hasMessageContaining("another one (" + other + ", not 11111111-2222-3333-4444-555555555555)").hasMessageNotContaining("\n");
        volume.remember(other);
        volume.check();
    }

    @Test
    void noDatabaseIsBegunInAFolderThatTakesTheVolumesPlaceAtThatMoment() throws Exception {
        volume.mark();
        Path other = Files.createDirectory(dir.resolve("other"));
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger begunThere = new AtomicInteger();
        Thread swaps = new Thread(() -> {
            Path away = dir.resolve("away");
            try {
                while (!over.get()) {
                    Files.move(disk, away);
                    Files.move(other, disk);
                    Files.move(disk, other);
                    begunThere.addAndGet(Files.exists(other.resolve("logs.db")) ? 1 : 0);
                    Files.move(away, disk);
                    Files.deleteIfExists(disk.resolve("logs.db"));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        swaps.start();
        try (Store store = new Store("external", disk, volume, 1, Path.of("sql").toAbsolutePath())) {
            for (int i = 0; i < 500; i++) {
                try {
                    store.check();
                } catch (StoreException e) {
                    // It was away at that moment.
                }
                store.evict();
            }
        } finally {
            over.set(true);
            swaps.join();
        }
        assertThat(begunThere).hasValue(0);
        assertThat(other).isEmptyDirectory();
    }

    @Test
    void isRememberedWhereItsFolderIsGone() throws Exception {
        Volume away = new Volume(dir.resolve("nowhere"), memory);
        assertThat(away.isRemembered()).isFalse();

        volume.remember(volume.mark());

        assertThat(away.isRemembered()).isTrue();
        assertThatThrownBy(away::check).isInstanceOf(StoreException.class).hasMessageContaining("no tac8 volume is mounted");
    }

    @Test
    void lendsNoConnectionOnceItsMarkerIsGone() throws Exception {
        volume.mark();
        try (Store store = store()) {
            store.check();
            Files.delete(disk.resolve(Volume.MARKER));

            assertThatThrownBy(store::getConnection).isInstanceOf(StoreException.class).hasMessageContaining("no tac8 volume");

            volume.mark();
            assertThatThrownBy(store::getConnection).hasMessageContaining("another one");
        }
    }

    @Test
    void isNeverWrittenToWhileItIsNotMarked() throws Exception {
        try (Store store = store()) {
            assertThatThrownBy(store::check).isInstanceOf(StoreException.class);
            assertThat(disk).isEmptyDirectory();

            volume.mark();
            store.check();
        }
        assertThat(disk.resolve("logs.db")).isRegularFile();
    }

    @Test
    void noticesThatTheDatabaseIsAnotherFileAndOpensThatOne() throws Exception {
        volume.mark();
        try (Store store = store()) {
            insert(store, "s1");
            Path database = disk.resolve("logs.db");
            Path old = disk.resolve("old.db");
            Files.move(database, old);
            Files.copy(old, database);

            assertThatThrownBy(store::getConnection).isInstanceOf(StoreException.class)
                    .hasMessage("the external store " + database + " is no longer the file that was opened");
            insert(store, "s2");

            assertThat(sessions(database)).isEqualTo(2);
            assertThat(sessions(old)).isEqualTo(1);
        }
    }

    @Test
    void noticesThatTheDatabaseIsGone() throws Exception {
        volume.mark();
        try (Store store = store()) {
            insert(store, "s1");
            Path database = disk.resolve("logs.db");
            Files.move(database, dir.resolve("away.db"));

            assertThatThrownBy(store::getConnection).isInstanceOf(StoreException.class).hasMessageContaining("no longer the file");

            Files.move(dir.resolve("away.db"), database, StandardCopyOption.ATOMIC_MOVE);
            insert(store, "s2");
            assertThat(sessions(database)).isEqualTo(2);
        }
    }

    @Test
    void aCommitCountsOnlyInTheFileThatItsConnectionIsOnWhicheverIsOpenNow() throws Exception {
        volume.mark();
        try (Store store = store(); Connection used = store.getConnection()) {
            store.verify(used);
            Path database = disk.resolve("logs.db");
            Path old = Files.move(database, disk.resolve("old.db"));
            Files.copy(old, database);
            // Another thread has met the new file, and opened it.
            assertThat(store.isThere()).isFalse();
            CompletableFuture<Connection> other = CompletableFuture.supplyAsync(() -> connection(store));
            await().until(store::isThere);

            assertThatThrownBy(() -> store.verify(used)).isInstanceOf(StoreException.class)
                    .hasMessage("the external store " + database + " is no longer the file that was written");

            used.close();
            try (Connection opened = other.get()) {
                store.verify(opened);
            }
        }
    }

    @Test
    void thatTwoThreadsMarkAtOnceGetsOneIdentity() throws Exception {
        for (int i = 0; i < 200; i++) {
            Path fresh = dir.resolve("disk-" + i);
            Volume one = new Volume(fresh, dir.resolve("memory-" + i)).markingItself();
            CyclicBarrier together = new CyclicBarrier(2);
            Callable<String> check = () -> {
                together.await();
                one.check();
                return Files.readString(fresh.resolve(Volume.MARKER));
            };
            FutureTask<String> first = new FutureTask<>(check);
            new Thread(first).start();
            String second = check.call();

            assertThat(first.get()).isEqualTo(second).isEqualTo(Files.readString(dir.resolve("memory-" + i)));
        }
    }

    @Test
    void whoeverWaitsForTheOneConnectionIsToldAtOnceThatTheStoreCanNoLongerBeOpened() throws Exception {
        volume.mark();
        try (Store store = store(); Connection used = store.getConnection()) {
            CompletableFuture<Connection> waiting = CompletableFuture.supplyAsync(() -> connection(store));
            await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(5)).until(() -> !waiting.isDone());

            Files.delete(disk.resolve(Volume.MARKER));

            await().atMost(Duration.ofSeconds(5)).until(waiting::isCompletedExceptionally);
            assertThatThrownBy(waiting::get).hasMessageContaining("no tac8 volume is mounted");
            assertThat(used.isClosed()).isFalse();
        }
    }

    @Test
    void enforcesForeignKeysAndWritesEachCommitToTheDiskWithoutSharedMemory() throws Exception {
        volume.mark();
        try (Store store = store(); Connection connection = store.getConnection(); Statement statement = connection.createStatement()) {
            assertThat(pragma(statement, "foreign_keys")).isEqualTo("1");
            assertThat(pragma(statement, "journal_mode")).isEqualTo("truncate");
            assertThat(pragma(statement, "synchronous")).isEqualTo("2");
            assertThat(pragma(statement, "mmap_size")).isEqualTo("0");
            assertThat(pragma(statement, "busy_timeout")).isEqualTo("1000");
            assertThat(pragma(statement, "cache_size")).isEqualTo("-65536");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SECRET", "11111111-2222-3333-4444-555555555555SECRET", "11111111-2222-3333-4444-55555555SECR", "", "\u001b]0;SECRET\u0007",
            "11111111-2222-3333-4444-555555555555\nSECRET"})
    void aMarkThatIsNoneIsRefusedWithoutSayingWhatItHolds(String content) throws Exception {
        Path marker = Files.writeString(disk.resolve(Volume.MARKER), content);

        for (ThrowingCallable use : List.<ThrowingCallable>of(volume::check, volume::look, volume::mark)) {
            assertThatThrownBy(use).isInstanceOf(StoreException.class).hasMessageStartingWith(marker + " is no mark of a tac8 volume")
                    .hasMessageNotContaining("SECR").hasMessageNotContaining("\n");
        }
        assertThat(marker).hasContent(content);
    }

    @Test
    void aMarkThatIsALinkAPipeOrAFolderIsRefusedAtOnce() throws Exception {
        Path secret = Files.writeString(dir.resolve("secret"), "11111111-2222-3333-4444-555555555555\n");
        Path marker = disk.resolve(Volume.MARKER);
        Files.createSymbolicLink(marker, secret);
        assertThatThrownBy(volume::check).isInstanceOf(StoreException.class).hasMessageContaining("is no regular file").hasMessageNotContaining("1111");
        Files.delete(marker);
        assertThat(new ProcessBuilder("mkfifo", marker.toString()).start().waitFor()).isZero();
        assertThatThrownBy(volume::check).isInstanceOf(StoreException.class).hasMessageContaining("is no regular file");
        Files.delete(marker);
        Files.createDirectory(marker);
        assertThatThrownBy(volume::check).isInstanceOf(StoreException.class).hasMessageContaining("is no regular file");
    }

    @Test
    void aMarkIsWrittenThroughNoLink() throws Exception {
        Path canary = Files.writeString(dir.resolve("canary"), "as it was");
        Files.createSymbolicLink(disk.resolve(Volume.MARKER + ".part"), canary);

        volume.remember(volume.mark());
        volume.check();

        assertThat(canary).hasContent("as it was");
    }

    @Test
    void aDatabaseThatIsGoneIsNotReplacedByAnEmptyOneUntilSomebodySaysSo() throws Exception {
        volume.mark();
        Path database = disk.resolve("logs.db");
        try (Store store = store()) {
            insert(store, "s1");
            store.holdsRows();
        }
        Files.delete(database);

        try (Store store = store()) {
            assertThatThrownBy(store::check).isInstanceOf(StoreException.class)
                    .hasMessage("the database " + database + " is gone, and nothing is begun in its place: put it back, from a backup or by"
                            + " ./tac8 rebuild, or begin an empty one with ./tac8 volume init --empty " + disk);
            assertThat(database).doesNotExist();

            volume.forgetUse();
            insert(store, "s2");
        }
        assertThat(sessions(database)).isEqualTo(1);
    }

    @Test
    void aDatabaseThatWasEmptiedIsSetAsideAndSaid() throws Exception {
        volume.mark();
        Path database = disk.resolve("logs.db");
        try (Store store = store()) {
            insert(store, "s1");
            store.holdsRows();
        }
        Files.write(database, new byte[0]);

        try (Store store = store()) {
            insert(store, "s2");
        }

        assertThat(sessions(database)).isEqualTo(1);
        try (Stream<Path> files = Files.list(disk)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith("logs.db.damaged-"))).isNotEmpty();
        }
    }

    @Test
    void whichVolumeIsOursIsNotTakenFromWhatIsThereOnceItWasKnown() throws Exception {
        volume.mark();
        volume.begin(true);

        assertThatThrownBy(volume::check).isInstanceOf(StoreException.class).hasMessage("nothing says any more which volume at " + disk
                + " is ours, as " + memory + " is gone: if it is the one that is there now, take it with ./tac8 volume init " + disk);
        assertThat(memory).doesNotExist();

        volume.remember(volume.mark());
        volume.check();
    }

    @Test
    void aDatabaseThatIsRefusedAndMovedAwayIsNotOneThatIsGone() throws Exception {
        volume.mark();
        Path database = disk.resolve("logs.db");
        try (Store store = store()) {
            insert(store, "s1");
            store.holdsRows();
        }
        Files.move(database, disk.resolve("kept.db"));
        try (Connection foreign = DriverManager.getConnection("jdbc:sqlite:" + database); Statement statement = foreign.createStatement()) {
            statement.execute("CREATE TABLE sessions (other TEXT)");
        }

        try (Store store = store()) {
            assertThatThrownBy(store::check).isInstanceOf(RefusedException.class);
            Files.move(database, disk.resolve("foreign.db"));
            insert(store, "s2");
        }
        assertThat(sessions(database)).isEqualTo(1);
    }

    @Test
    void aVolumeThatWasNeverThereIsTakenWhenItComesAlsoAfterAnotherStart() throws Exception {
        volume.begin(false);
        Volume later = new Volume(disk, memory);
        later.begin(true);

        later.mark();
        later.check();
    }

    private Store store() throws StoreException {
        return new Store("external", disk, volume, 1, Path.of("sql").toAbsolutePath());
    }

    private static Connection connection(Store store) {
        try {
            return store.getConnection();
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static void insert(Store store, String session) throws SQLException {
        try (Connection connection = store.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO sessions (session_id, started_at) VALUES ('" + session + "', '2026-11-22T10:00:00.000Z')");
        }
    }

    private static int sessions(Path database) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
             Statement statement = connection.createStatement()) {
            return statement.executeQuery("SELECT count(*) FROM sessions").getInt(1);
        }
    }

    private static String pragma(Statement statement, String name) throws SQLException {
        return statement.executeQuery("PRAGMA " + name).getString(1);
    }
}
