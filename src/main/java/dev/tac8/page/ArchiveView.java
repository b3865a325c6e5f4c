package dev.tac8.page;

import dev.tac8.archive.Schedule;
import dev.tac8.files.Daemon;
import dev.tac8.ingest.RecordType;
import dev.tac8.query.Answer;
import dev.tac8.query.Databases;
import dev.tac8.query.Question;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.status.StoreView;
import dev.tac8.status.Words;
import dev.tac8.store.Months;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The months of the archive, the last runs, and when the next one is. */
final class ArchiveView implements View {
    private static final int ANSWER_SECONDS = 5;
    /** Counting many rows takes long: of how many months they are counted depends on how fast that goes. */
    private static final long COUNTING_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int BUSY_MILLISECONDS = 500;
    private static final List<String> COLUMNS = List.of("month", "size", "bytes", "events", "api_calls", "workers", "tasks", "sessions", "written_at", "file");
    private static final List<String> SHOWN = List.of("month", "size", "events", "api_calls", "workers", "tasks", "sessions", "written_at");
    private static final List<String> TABLES = List.of("events", "api_calls", "workers", "tasks", "sessions");
    private static final int MOST_RUNS = 20;

    @Override
    public Shown answer(Request request) throws StoreException {
        request.takesOnly();
        Settings settings = request.settings();
        List<String> missing = new ArrayList<>();
        Answer answer = new Answer().one("schedule", null, schedule(request));
        try {
            answer.list("months", "Months", Daemon.ask(ANSWER_SECONDS, () -> months(settings, missing)), SHOWN);
        } catch (StoreException e) {
            missing.add("the archive: " + e.getMessage());
        } catch (TimeoutException e) {
            missing.add("the archive: its disk is slow or hangs");
        }
        Stores.use(settings, Reach.ACTIVE, stores -> {
            answer.list("runs", "Last runs", stores.ask("events", Map.of("type", "archive", "session", "tac8", "limit", MOST_RUNS)), List.of("timestamp", "severity", "message"));
            missing.addAll(stores.missing());
            return null;
        });
        return new Shown("Archive", "archive", Map.of(), new Answered(answer, null, missing.stream().distinct().toList()));
    }

    private static Rows schedule(Request request) {
        Settings settings = request.settings();
        Object next;
        try {
            next = Schedule.next(settings, request.now()).toString();
        } catch (SettingsException e) {
            next = e.getMessage();
        }
        return new Rows(List.of("next_run_at", "archived_after", "folder"),
                List.<Object[]>of(new Object[] {next, Words.count(settings.number(Setting.ARCHIVE_KEEP_DAYS), "day"), Months.folder(settings).toString()}));
    }

    /** The newest first. */
    private static Rows months(Settings settings, List<String> missing) throws StoreException {
        try {
            return list(settings, missing);
        } catch (IOException e) {
            throw new StoreException("it cannot be read: " + Reasons.of(e), e);
        }
    }

    private static Rows list(Settings settings, List<String> missing) throws IOException, StoreException {
        Path external = settings.path(Setting.EXTERNAL_DIR);
        if (Files.exists(external)) {
            Volume.of(settings, "external", external).look();
        }
        SortedMap<String, Path> months = new TreeMap<>(Comparator.reverseOrder());
        months.putAll(Months.list(Months.folder(settings)));
        String count = RecordType.ofEach(Files.readString(settings.sql().resolve("status/rows.sql")));
        List<Object[]> rows = new ArrayList<>();
        List<String> uncounted = new ArrayList<>();
        long begin = System.nanoTime();
        for (Map.Entry<String, Path> month : months.entrySet()) {
            Path file = month.getValue();
            Map<String, Long> counts = Map.of();
            if (System.nanoTime() - begin < COUNTING_NANOS) {
                try (Connection connection = Databases.openToRead(file, BUSY_MILLISECONDS)) {
                    Databases.complete(connection, settings.sql());
                    counts = StoreView.numbers(Question.askAsItIs(connection, count));
                } catch (SQLException e) {
                    missing.add("the archive of " + month.getKey() + " cannot be read: " + Reasons.of(e) + "; ./tac8 archive verify looks it through");
                }
            } else {
                uncounted.add(month.getKey());
            }
            long bytes = Files.size(file);
            Map<String, Long> counted = counts;
            List<Object> row = new ArrayList<>(List.of(month.getKey(), Words.size(bytes), bytes));
            TABLES.forEach(table -> row.add(counted.get(table)));
            row.add(Files.getLastModifiedTime(file).toInstant().toString());
            row.add(file.toString());
            rows.add(row.toArray());
        }
        if (!uncounted.isEmpty()) {
            missing.add("the rows of " + Words.files(uncounted) + " are not counted, as that takes long; ./tac8 archive verify counts them");
        }
        return new Rows(COLUMNS, rows);
    }
}
