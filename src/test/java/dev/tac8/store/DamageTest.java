package dev.tac8.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tac8.backup.DatabaseCopy;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What is set aside, and what only looks like damage. */
class DamageTest {
    private static final SQLiteException MALFORMED = new SQLiteException("malformed", SQLiteErrorCode.SQLITE_CORRUPT);

    @TempDir
    private Path dir;
    private Path file;
    private Volume volume;
    private Store store;

    @BeforeEach
    void makeStore() throws Exception {
        Path disk = Files.createDirectory(dir.resolve("disk"));
        file = disk.resolve("logs.db");
        volume = new Volume(disk, dir.resolve("memory"));
        volume.mark();
        store = new Store("local", disk, volume, 1, Path.of("sql").toAbsolutePath());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aHealthyDatabaseOfSomebodyElseIsRefusedAndLeftAlone() throws Exception {
        execute("CREATE TABLE theirs (x)", "INSERT INTO theirs VALUES (1)");
        byte[] before = Files.readAllBytes(file);

        assertThatThrownBy(store::check).isInstanceOf(RefusedException.class).hasMessageContaining("is not a database of this tac8");

        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(aside()).isEmpty();
    }

    @Test
    void aCheckThatOlderRowsBreakIsNoDamageAndHoldsForNewRows() throws Exception {
        store.check();
        String row = "INSERT INTO sessions (session_id, started_at) VALUES ('%s', '2026-11-22T10:00:00.000Z')";
        execute(row.formatted("old"), "PRAGMA writable_schema = ON",
                "UPDATE sqlite_schema SET sql = replace(sql, 'session_id TEXT PRIMARY KEY', 'session_id TEXT CHECK (session_id <> ''old'') PRIMARY KEY')"
                        + " WHERE name = 'sessions'");
        store.lookAgain();

        store.check();

        assertThat(aside()).isEmpty();
        try (Connection connection = store.getConnection(); Statement statement = connection.createStatement()) {
            statement.executeUpdate(row.formatted("new"));
            assertThatThrownBy(() -> statement.executeUpdate("UPDATE sessions SET session_id = 'old' WHERE session_id = 'new'"))
                    .hasMessageContaining("CHECK constraint failed");
        }
        new DatabaseCopy(Path.of("sql").toAbsolutePath()).verify(file, Map.of("sessions", 2L, "tasks", 0L, "workers", 0L, "events", 0L, "api_calls", 0L));
    }

    @Test
    void aFileThatIsNoDatabaseIsSetAsideAsItIsAndANewOneIsBegun() throws Exception {
        Files.writeString(file, "This is no database.\n".repeat(100));

        store.check();

        assertThat(count()).isZero();
        assertThat(aside()).hasSize(1);
        assertThat(Files.readString(file.resolveSibling(aside().get(0)))).isEqualTo("This is no database.\n".repeat(100));
    }

    @Test
    void aFileWithoutAByteBecomesAStore() throws Exception {
        Files.createFile(file);

        store.check();

        assertThat(count()).isZero();
        assertThat(aside()).isEmpty();
    }

    @Test
    void whatIsSetAsideKeepsItsJournalAndNothingTakesItsName() throws Exception {
        for (int i = 0; i < 3; i++) {
            Files.writeString(file, "no database, number " + i + " ".repeat(1000));
            Files.writeString(Path.of(file + "-journal"), "no journal either, number " + i);
            Damage.setAside(file);
        }

        assertThat(aside()).hasSize(6).allMatch(name -> name.matches("logs\\.db\\.damaged-\\d{8}T\\d{6}Z(-[23])?(-journal)?"));
        for (String name : aside().stream().filter(name -> !name.endsWith("-journal")).toList()) {
            assertThat(Files.readString(file.resolveSibling(name + "-journal")).replaceAll("\\D", ""))
                    .isEqualTo(Files.readString(file.resolveSibling(name)).replaceAll("\\D", ""));
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void aHeaderThatLetsNobodyWriteIsDamageThatTheFirstWriteShows() throws Exception {
        store.check();
        store.evict();
        try (RandomAccessFile database = new RandomAccessFile(file.toFile(), "rw")) {
            database.seek(18);
            database.write(3);
        }
        store.lookAgain();
        store.check();
        assertThat(aside()).as("it can be read, and all checks of SQLite pass").isEmpty();

        // The pool closes a connection in its own time, and while one may be open nobody looks at the file; each failed write tries again.
        await().until(() -> {
            store.suspect(new SQLiteException("attempt to write a readonly database", SQLiteErrorCode.SQLITE_READONLY));
            store.check();
            return !aside().isEmpty();
        });

        assertThat(aside()).filteredOn(name -> !name.endsWith("-journal")).hasSize(1);
        assertThat(count()).isZero();
    }

    @Test
    void aReadOnlyDiskIsNoDamageHoweverOftenAWriteFails() throws Exception {
        store.check();

        for (int i = 0; i < 5; i++) {
            store.suspect(new SQLiteException("attempt to write a readonly database", SQLiteErrorCode.SQLITE_READONLY));
            store.check();
        }

        assertThat(aside()).isEmpty();
    }

    @Test
    void aDiskThatCannotBeReadIsNoDamage() throws Exception {
        // How a check words a page that the disk did not give: 266 is SQLITE_IOERR_READ, 11 is SQLITE_CORRUPT.
        String unread = "*** in database main ***\nTree 2 page 3: unable to get the page. error code=";
        assertThatThrownBy(() -> Damage.verdict(unread + 266)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> Damage.verdict("Freelist: failed to get page 7")).isInstanceOf(StoreException.class);
        assertThat(Damage.verdict(unread + 11)).contains("Tree 2 page 3");
        assertThat(Damage.verdict("ok")).isNull();
        for (SQLiteErrorCode code : List.of(SQLiteErrorCode.SQLITE_IOERR_READ, SQLiteErrorCode.SQLITE_CANTOPEN, SQLiteErrorCode.SQLITE_BUSY,
                SQLiteErrorCode.SQLITE_FULL, SQLiteErrorCode.SQLITE_READONLY)) {
            assertThat(Damage.of(new SQLiteException("a reason", code), file)).as("%s", code).isNull();
        }
        Files.createDirectory(file);
        assertThatThrownBy(store::check).isInstanceOf(StoreException.class).hasMessageStartingWith("cannot open " + file);
        assertThat(aside()).isEmpty();
    }

    @Test
    void nothingIsSetAsideOnAnotherVolume() throws Exception {
        volume.check();
        Files.writeString(file, "no database".repeat(100));
        volume.remember("11111111-2222-3333-4444-555555555555");

        assertThatThrownBy(store::check).isInstanceOf(StoreException.class).hasMessageContaining("another one");

        assertThat(aside()).isEmpty();
    }

    @Test
    void nothingIsSetAsideUnderAConnectionInUse() throws Exception {
        Path garbage = Files.writeString(dir.resolve("garbage"), "no database".repeat(100));
        try (Connection used = store.getConnection()) {
            Files.move(garbage, file, StandardCopyOption.ATOMIC_MOVE);
            assertThatThrownBy(store::check).hasMessageContaining("is no longer the file that was opened");

            assertThatThrownBy(store::check).hasMessageContaining("it is set aside as soon as nobody uses it any more");

            assertThat(aside()).isEmpty();
            assertThat(used.isClosed()).isFalse();
        }
        await().ignoreExceptions().untilAsserted(store::check);
        assertThat(aside()).isNotEmpty();
    }

    @Test
    void aWriteThatMeetsDamageWhichNoCheckSeesIsBelievedTheSecondTime() throws Exception {
        store.check();
        store.suspect(MALFORMED);
        store.check();
        assertThat(aside()).isEmpty();

        store.suspect(MALFORMED);
        await().ignoreExceptions().untilAsserted(store::check);

        assertThat(aside()).isNotEmpty();
    }

    @Test
    void aLockIsNoDamage() throws Exception {
        store.check();
        store.suspect(MALFORMED);
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file); Statement statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");

            assertThatThrownBy(store::check).hasMessageContaining("SQLITE_BUSY");
        }
        store.check();
        assertThat(aside()).isEmpty();
    }

    private int count() throws SQLException {
        try (Connection connection = store.getConnection(); Statement statement = connection.createStatement();
             var rows = statement.executeQuery("SELECT count(*) FROM events")) {
            return rows.getInt(1);
        }
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private List<String> aside() throws IOException {
        try (Stream<Path> files = Files.list(file.getParent())) {
            return files.map(path -> path.getFileName().toString()).filter(name -> name.startsWith("logs.db.damaged-")).sorted().toList();
        }
    }
}
