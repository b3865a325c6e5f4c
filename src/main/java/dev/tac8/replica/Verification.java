package dev.tac8.replica;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tac8.ingest.RecordType;
import dev.tac8.query.Reach;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.Freshness;
import dev.tac8.store.PostgresqlStore;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.store.TableStatements;
import dev.tac8.text.Text;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;

/**
 * Compares a replica, its archive included, with the database that it follows, day by day: how many rows of each table there are, and a checksum over
 * them. Both may go on meanwhile: a day that differs is looked at row by row once the replica is as fresh as what it is compared with, and a row that has
 * changed since then is asked for again.
 */
public final class Verification {
    /** Long enough for a replica that does follow. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int LOOK_MILLISECONDS = 100;
    private static final int FETCHED = 200;
    private static final int ANSWER_SECONDS = 600;
    private static final int MOST_CHARACTERS = 60;
    /** As many rows fit into the memory of a command. */
    private static final long MOST_ROWS = 10_000;
    private static final long MOST_BYTES = 16 << 20;
    /** The stand-ins come and go in SQLite. */
    private static final String STAND_IN = "unknown";
    private static final Set<String> STAND_INS = Set.of("sessions", "tasks");

    private final Settings settings;
    private final Path sql;
    private final TableStatements tables;
    private final PostgresqlStore.Server server;
    private final Map<String, Long> rows = new LinkedHashMap<>();
    private final Map<String, List<String>> differing = new TreeMap<>();
    private final Set<String> days = new TreeSet<>();

    /** How many rows, and what they add up to. */
    private static final class Sum implements Use {
        private long count;
        private long checksum;

        @Override
        public void of(String key, long hash) {
            count++;
            // In any order the same.
            checksum += hash;
        }

        boolean equals(Sum other) {
            return count == other.count && checksum == other.checksum;
        }
    }

    /** A day of a table, or an hour of it, or less: what its times begin with. */
    private record Day(String table, String day) {
        /** What stands behind any time that begins so. */
        String until() {
            return day + "~";
        }

        /** As many characters as the next smaller part of a time has; 0 if there is none. */
        int partLength() {
            return switch (day.length()) {
                case 0 -> 10;
                case 10 -> 13;
                case 13 -> 16;
                case 16 -> 19;
                default -> 0;
            };
        }
    }

    /** The hash of each row. */
    private static final class Hashes implements Use {
        private final Map<String, Long> found = new HashMap<>();

        @Override
        public void of(String key, long hash) {
            found.put(key, hash);
        }
    }

    /** What is done with a row. */
    private interface Use {
        void of(String key, long hash);
    }

    private Verification(Settings settings) throws StoreException, SettingsException {
        this.settings = settings;
        this.sql = settings.sql().resolve("postgresql");
        this.tables = TableStatements.read(settings.sql());
        this.server = PostgresqlStore.Server.of(settings).patient(ANSWER_SECONDS);
    }

    /**
     * Compares. Nothing may wait in the local store, which is read with the replica.
     *
     * @throws StoreException if one of both cannot be read, or the replica does not follow
     */
    public static Verification of(Settings settings) throws StoreException, SettingsException {
        Verification verification = new Verification(settings);
        verification.verify();
        return verification;
    }

    /** How many rows of each table the database has, without its stand-ins. */
    public Map<String, Long> rows() {
        return rows;
    }

    /** How many days there are. */
    public int days() {
        return days.size();
    }

    /** What differs, a few words each, by the day and the table. */
    public Map<String, List<String>> differing() {
        return differing;
    }

    private void verify() throws StoreException {
        Map<Day, Sum> there = new HashMap<>();
        Instant asOf = Instant.now();
        try (Connection connection = connect()) {
            for (String table : RecordType.tables()) {
                for (String day : days(connection, table)) {
                    Sum sum = there.computeIfAbsent(new Day(table, day), none -> new Sum());
                    read(connection, new Day(table, day), sum);
                    rows.merge(table, sum.count, Long::sum);
                }
            }
        } catch (SQLException e) {
            throw away(e);
        }
        await(asOf);
        Set<Day> all = new TreeSet<>(Comparator.comparing(Day::day).thenComparing(Day::table));
        all.addAll(there.keySet());
        Stores.<Void>use(settings, Reach.EVERYTHING, stores -> {
            for (String table : RecordType.tables()) {
                parts(stores, new Day(table, "")).forEach(row -> all.add(new Day(table, (String) row[0])));
            }
            return null;
        });
        for (Day day : all) {
            days.add(day.day());
            if (!readHere(day, Sum::new).equals(there.getOrDefault(day, new Sum()))) {
                lookAtRows(day);
            }
        }
    }

    private void lookAtRows(Day day) throws StoreException {
        Map<String, Long> there = new HashMap<>();
        Instant asOf = Instant.now();
        try (Connection connection = connect()) {
            read(connection, day, there::put);
        } catch (SQLException e) {
            throw away(e);
        }
        await(asOf);
        Map<String, Long> here = readHere(day, Hashes::new).found;
        Set<String> suspects = new TreeSet<>();
        there.forEach((key, hash) -> {
            if (!hash.equals(here.get(key))) {
                suspects.add(key);
            }
        });
        here.keySet().stream().filter(key -> !there.containsKey(key)).forEach(suspects::add);
        List<String> found = new ArrayList<>();
        try (Connection connection = connect()) {
            for (String key : suspects) {
                // It may have been stored, or changed, between the two looks.
                Long now = hashOf(connection, day.table(), key);
                if (now == null || !now.equals(here.get(key))) {
                    found.add(Text.cut(Text.printable(key), MOST_CHARACTERS) + (now == null ? " is only here" : here.containsKey(key) ? " is another one here" : " is missing here"));
                }
            }
        } catch (SQLException e) {
            throw away(e);
        }
        if (!found.isEmpty()) {
            differing.put(day.day() + " " + day.table(), found);
        }
    }

    // --- The database ---

    private Connection connect() throws SQLException {
        Connection connection = server.connect();
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        return connection;
    }

    private Set<String> days(Connection connection, String table) throws SQLException {
        Day all = new Day(table, "");
        Set<String> found = new TreeSet<>();
        try (PreparedStatement statement = connection.prepareStatement(statement("times", table))) {
            statement.setInt(1, all.partLength());
            statement.setString(2, all.day());
            statement.setString(3, all.until());
            try (ResultSet answer = statement.executeQuery()) {
                while (answer.next()) {
                    found.add(answer.getString(1));
                }
            }
        }
        return found;
    }

    private void read(Connection connection, Day day, Use use) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(statement("of-time", day.table()))) {
            statement.setFetchSize(FETCHED);
            statement.setString(1, day.day());
            statement.setString(2, day.until());
            take(day.table(), statement, use);
        }
    }

    private Long hashOf(Connection connection, String table, String key) throws SQLException {
        Map<String, Long> found = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(statement("rows", table))) {
            statement.setString(1, JsonNodeFactory.instance.arrayNode().add(key).toString());
            take(table, statement, found::put);
        }
        return found.get(key);
    }

    private static void take(String table, PreparedStatement statement, Use use) throws SQLException {
        try (ResultSet answer = statement.executeQuery()) {
            Object[] row = new Object[answer.getMetaData().getColumnCount()];
            while (answer.next()) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = answer.getObject(i + 1);
                }
                take(table, row, use);
            }
        }
    }

    // --- The replica ---

    /** @param begun makes what is done with the rows, anew for each attempt */
    private <U extends Use> U readHere(Day day, Supplier<U> begun) throws StoreException {
        return Stores.use(settings, Reach.EVERYTHING, stores -> {
            if (!stores.missing().isEmpty()) {
                throw new StoreException("cannot compare: " + String.join("; ", stores.missing()));
            }
            U use = begun.get();
            read(stores, day, Long.MAX_VALUE, 0, use);
            return use;
        });
    }

    /** Hours and minutes by themselves, if a day does not fit into memory, and in the end each row. */
    private void read(Stores stores, Day day, long count, long bytes, Use use) throws StoreException {
        if (count <= MOST_ROWS && bytes <= MOST_BYTES) {
            ask(stores, bound(statement("of-time", day.table()), quoted(day.day()), quoted(day.until()))).forEach(row -> take(day.table(), row, use));
        } else if (day.partLength() > 0) {
            for (Object[] part : parts(stores, day)) {
                read(stores, new Day(day.table(), (String) part[0]), ((Number) part[1]).longValue(), ((Number) part[2]).longValue(), use);
            }
        } else {
            for (Object[] key : ask(stores, bound(statement("keys", day.table()), quoted(day.day()), quoted(day.until())))) {
                ask(stores, bound(statement("one", day.table()), quoted((String) key[0]))).forEach(row -> take(day.table(), row, use));
            }
        }
    }

    private List<Object[]> parts(Stores stores, Day day) throws StoreException {
        return ask(stores, bound(statement("times", day.table()), String.valueOf(day.partLength()), quoted(day.day()), quoted(day.until())));
    }

    /** With values in the place of question marks. */
    private static String bound(String statement, String... values) {
        String bound = statement;
        for (String value : values) {
            bound = bound.replaceFirst("\\?", Matcher.quoteReplacement(value));
        }
        return bound;
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static List<Object[]> ask(Stores stores, String statement) throws StoreException {
        try {
            return stores.askFreely(statement).rows();
        } catch (SQLException e) {
            throw StoreException.of(e, "the replica cannot be read: " + Reasons.of(e));
        }
    }

    private void await(Instant asOf) throws StoreException {
        Instant until = Instant.now().plus(PATIENCE);
        while (true) {
            Freshness freshness = Freshness.read(settings);
            if (freshness.asOf() != null && freshness.asOf().isAfter(asOf)) {
                return;
            }
            if (Instant.now().isAfter(until)) {
                throw new StoreException("cannot compare: " + freshness.missing());
            }
            try {
                Thread.sleep(LOOK_MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException("stopped", e);
            }
        }
    }

    // --- Both ---

    private static void take(String table, Object[] row, Use use) {
        if (!STAND_INS.contains(table) || !STAND_IN.equals(row[0])) {
            use.of((String) row[0], hash(row));
        }
    }

    /** The first 64 bits of a SHA-256 over all values, each with its length, or with its bits. */
    private static long hash(Object[] row) {
        MessageDigest digest = sha256();
        for (Object value : row) {
            byte[] bytes = value == null ? new byte[0] : value instanceof String text ? text.getBytes(StandardCharsets.UTF_8)
                    : ByteBuffer.allocate(Long.BYTES).putLong(value instanceof Double number ? Double.doubleToLongBits(number) : ((Number) value).longValue()).array();
            digest.update((byte) (value == null ? 0 : value instanceof String ? 1 : value instanceof Double ? 2 : 3));
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            digest.update(bytes);
        }
        return ByteBuffer.wrap(digest.digest()).getLong();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private String statement(String name, String table) throws StoreException {
        try {
            return tables.of(PostgresqlStore.text(sql, name).replaceAll("--.*\n", ""), table);
        } catch (SQLException e) {
            throw StoreException.of(e, "sql/postgresql/" + name + ".sql cannot be used: " + Reasons.of(e));
        }
    }

    private StoreException away(SQLException failure) {
        return StoreException.of(failure, server.place() + " cannot be read: " + Reasons.of(failure));
    }
}
