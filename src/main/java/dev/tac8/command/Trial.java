package dev.tac8.command;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.ingest.Quarantine;
import dev.tac8.ingest.RecordType;
import dev.tac8.query.Databases;
import dev.tac8.service.RoutesException;
import dev.tac8.service.Service;
import dev.tac8.service.SpoolTakenException;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A test of the routes that is a folder: the files of {@code given/} are dropped, and {@code expected/TABLE.jsonl} holds the rows that must come
 * of them, {@code expected/quarantine.jsonl} the bad lines. A row is a JSON object; columns that it does not name may hold anything. A table
 * without a file is not looked at.
 *
 * @param folder the test's
 */
record Trial(Path folder) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String QUARANTINE = "quarantine";
    private static final int BUSY_MILLISECONDS = 5000;
    private static final long LOOK_MILLISECONDS = 10;
    /** A file that fails by itself has been tried twice by then, and its reason is logged. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

    /** The tests of a folder, by name. */
    static List<Trial> in(Path tests) throws IOException {
        if (!Files.isDirectory(tests)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(tests)) {
            return folders.filter(Files::isDirectory).sorted().map(Trial::new).toList();
        }
    }

    String name() {
        return folder.getFileName().toString();
    }

    /**
     * Runs it on a spool and stores of its own, which are gone afterwards.
     *
     * @return what is not as it should be, a sentence each
     * @throws RoutesException if the routes cannot be started
     */
    List<String> run(Settings settings) throws IOException, StoreException, SettingsException, SpoolTakenException, RoutesException, SQLException,
            InterruptedException {
        List<Path> given = files("given");
        List<Path> expected = files("expected");
        if (given.isEmpty()) {
            return List.of("given/ holds no file *.jsonl to drop");
        } else if (expected.isEmpty()) {
            return List.of("expected/ holds no file *.jsonl that says what must come of given/");
        }
        try (Scratch scratch = new Scratch(settings); Service service = scratch.open()) {
            for (Path file : given) {
                Files.copy(file, service.spool().dir().resolve(file.getFileName().toString()));
            }
            service.startOnly("ingest");
            List<String> faults = await(service);
            for (Path file : faults.isEmpty() ? expected : List.<Path>of()) {
                faults.addAll(compare(file, service));
            }
            return faults;
        }
    }

    private List<Path> files(String name) throws IOException {
        if (!Files.isDirectory(folder.resolve(name))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            return files.filter(file -> file.getFileName().toString().matches("[^.].*\\.jsonl") && Files.isRegularFile(file)).sorted().toList();
        }
    }

    private static List<String> await(Service service) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        List<Path> waiting = service.spool().waiting();
        while (!waiting.isEmpty() && System.nanoTime() - begin < LONG_ENOUGH.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLISECONDS);
            waiting = service.spool().waiting();
        }
        List<String> faults = new ArrayList<>();
        waiting.forEach(file -> faults.add(file.getFileName() + " was not stored within " + LONG_ENOUGH.toSeconds() + " s; the log says why"));
        return faults;
    }

    /** Compares a table, or the quarantine, with the file of what it must hold. */
    private static List<String> compare(Path file, Service service) throws IOException, SQLException {
        String name = file.getFileName().toString().replaceFirst("\\.jsonl$", "");
        if (!name.equals(QUARANTINE) && !RecordType.tables().contains(name)) {
            return List.of("expected/" + file.getFileName() + ": there is no table " + name + "; it may be " + QUARANTINE + " or one of "
                    + String.join(", ", RecordType.tables()));
        }
        List<Map<String, Object>> found = name.equals(QUARANTINE) ? badLines(service) : rows(name, service);
        List<String> faults = new ArrayList<>();
        List<Expected> open = new ArrayList<>();
        int line = 0;
        for (String text : Files.readAllLines(file)) {
            line++;
            if (text.isBlank()) {
                continue;
            }
            String where = " (expected/" + file.getFileName() + ", line " + line + ")";
            try {
                Map<?, ?> row = JSON.readValue(text, Map.class);
                if (row == null) {
                    // JSON's null reads as one.
                    throw new JsonParseException("null");
                }
                Expected expected = new Expected(row, text + where);
                if (!found.remove(expected.nearest(found, expected.row.keySet()))) {
                    open.add(expected);
                }
            } catch (JsonProcessingException e) {
                faults.add("expected/" + file.getFileName() + ", line " + line + ": this is not a JSON object");
            }
        }
        for (Expected expected : open) {
            Map<String, Object> nearest = expected.nearest(found, expected.ids(name));
            if (nearest == null) {
                faults.add(name + ": missing row " + expected.text);
                continue;
            }
            found.remove(nearest);
            for (Object column : expected.differences(nearest)) {
                faults.add(name + ": " + column + " is " + shown(nearest, column) + " and should be "
                        + JSON.writeValueAsString(expected.row.get(column)) + " in the row " + expected.text);
            }
        }
        for (Map<String, Object> row : found) {
            faults.add(name + ": unexpected row " + JSON.writeValueAsString(row));
        }
        return faults;
    }

    /**
     * A row that must be there.
     *
     * @param text it, and where it stands
     */
    private record Expected(Map<?, ?> row, String text) {
        /** What tells it from its neighbours: its key, or else each id that it names. */
        Collection<?> ids(String table) {
            String key = RecordType.records().contains(table) ? "record_id" : table.replaceFirst("s$", "_id");
            return row.containsKey(key) ? List.of(key) : row.keySet().stream().filter(column -> column.toString().endsWith("_id")).toList();
        }

        /** Of the rows that have these columns as it says, the one that differs least, or null. */
        Map<String, Object> nearest(List<Map<String, Object>> found, Collection<?> same) {
            return found.stream().filter(one -> differences(one).stream().noneMatch(column -> same.contains(column)))
                    .min(Comparator.comparingLong(one -> differences(one).size())).orElse(null);
        }

        /** The columns of a row that are not as expected. */
        List<?> differences(Map<String, Object> found) {
            return row.keySet().stream().filter(column -> !found.containsKey(column) || !isSame(row.get(column), found.get(column))).toList();
        }
    }

    private static String shown(Map<String, Object> row, Object column) throws IOException {
        return row.containsKey(column) ? JSON.writeValueAsString(row.get(column)) : "no column";
    }

    private static boolean isSame(Object expected, Object found) {
        if (expected instanceof Number && found instanceof Number) {
            return new BigDecimal(expected.toString()).compareTo(new BigDecimal(found.toString())) == 0;
        }
        // Such as details, which is stored as the text that stood in the line.
        return Objects.equals(expected instanceof Map || expected instanceof List ? JSON.valueToTree(expected).toString() : expected, found);
    }

    private static List<Map<String, Object>> rows(String table, Service service) throws SQLException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Path store : Stream.of(service.external(), service.local()).map(one -> Path.of(one.place())).filter(Files::exists).toList()) {
            try (Connection connection = Databases.openToRead(store, BUSY_MILLISECONDS); Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery("SELECT * FROM " + table)) {
                while (found.next()) {
                    Map<String, Object> row = new LinkedHashMap<>();
                    for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                        row.put(found.getMetaData().getColumnName(i), found.getObject(i));
                    }
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    private static List<Map<String, Object>> badLines(Service service) throws IOException {
        List<Map<String, Object>> lines = new ArrayList<>();
        Quarantine quarantine = service.spool().quarantine();
        for (Path file : quarantine.files()) {
            quarantine.readEntries(file, entry -> {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("file", entry.file());
                line.put("line", entry.line());
                line.put("reason", entry.reason());
                return lines.add(line);
            });
        }
        return lines;
    }
}
