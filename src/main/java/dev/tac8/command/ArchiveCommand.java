package dev.tac8.command;

import dev.tac8.archive.Archive;
import dev.tac8.archive.Request;
import dev.tac8.archive.Requests;
import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Spool;
import dev.tac8.query.Databases;
import dev.tac8.query.MonthCheck;
import dev.tac8.service.Service;
import dev.tac8.service.SpoolTakenException;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.status.StoreView;
import dev.tac8.store.Parameters;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.store.TableStatements;
import dev.tac8.store.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBar;
import org.apache.camel.ProducerTemplate;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code tac8 archive}: moves what is old by hand. */
@Command(name = "archive", mixinStandardHelpOptions = true, optionListHeading = "%n", commandListHeading = "%n",
        subcommands = ArchiveVerifyCommand.class,
        description = "Moves events and API calls that are old, and what only they hang on, to one database a month on the external volume;"
                + " then old conversations and acknowledged spool files. The running service does so by itself, on schedule.",
        footer = {"", "Examples:", "  ./tac8 archive --dry-run", "  ./tac8 archive --older-than 180%n"})
final class ArchiveCommand extends Doing {
    private static final long LOOK_MILLISECONDS = 100;
    /** A service that has not begun after so long hangs, and its status says where. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int BUSY_MILLISECONDS = 5000;
    private static final int MOST_DAYS = 36_500;

    @Option(names = "--older-than", paramLabel = "DAYS", converter = Days.class,
            description = "What is older than so many days; tac8.archive.keep-days if it is not given.")
    private Integer olderThan;
    @Option(names = "--dry-run", description = "Says what would move, and moves nothing.")
    private boolean dryRun;
    @Option(names = "--trust-clock", description = "Goes on although rows are newer than this computer's clock.")
    private boolean trustClock;

    /** How many days back. */
    static final class Days implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > MOST_DAYS) {
                throw new TypeConversionException("it must be a whole number from 0 to " + MOST_DAYS);
            }
            return Integer.valueOf(text);
        }
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = settings();
        int days = olderThan == null ? settings.number(Setting.ARCHIVE_KEEP_DAYS) : olderThan;
        return dryRun ? sayWhatIsDue(settings, days) : run(settings, days);
    }

    private int run(Settings settings, int days) throws Exception {
        Requests requests = new Requests(settings.path(Setting.SPOOL_DIR));
        Requests.Answer answer;
        try (Service service = Service.open(settings)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Closing.quietly(service), "stop"));
            Request request = new Request(UUID.randomUUID().toString(), days, trustClock, true);
            CompletableFuture<Void> run = runHere(service, request);
            answer = follow(requests, request.id(), () -> !run.isDone());
        } catch (SpoolTakenException e) {
            Spool spool = Ingest.spool(settings);
            String id = requests.ask(days, trustClock);
            answer = follow(requests, id, () -> spool.holder() != 0);
        }
        if (answer.failed()) {
            throw new StoreException(answer.message());
        }
        say(answer.message() + ".");
        return answer.rows() == 0 ? ExitCode.NOTHING_FOUND : 0;
    }

    /** Runs the routes in this process. */
    private static CompletableFuture<Void> runHere(Service service, Request request) throws Exception {
        ProducerTemplate template = service.startOnly().createProducerTemplate();
        return CompletableFuture.runAsync(() -> template.send("direct:archive", exchange -> exchange.getMessage().setBody(request)));
    }

    private Requests.Answer follow(Requests requests, String id, Alive alive) throws Exception {
        long begin = System.nanoTime();
        try (ProgressBar bar = progressBar("archive", 0, " rows", 1)) {
            while (true) {
                boolean goesOn = alive.isAlive();
                Requests.Answer answer = requests.read(id);
                if (answer != null && bar != null) {
                    bar.maxHint(answer.due()).stepTo(answer.rows());
                    bar.setExtraMessage(answer.month() == null ? "" : answer.month());
                }
                if (answer != null && answer.message() != null) {
                    return answer;
                }
                if (!goesOn) {
                    throw new StoreException("the run was cut short: what has left is in the archive, the rest is where it was, and the next"
                            + " run goes on");
                }
                if (answer == null && System.nanoTime() - begin > PATIENCE_NANOS) {
                    requests.withdraw(id);
                    throw new StoreException("the service has not begun with it for " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS)
                            + " s, and was asked no longer; ./tac8 status says what it waits for");
                }
                Thread.sleep(LOOK_MILLISECONDS);
            }
        } finally {
            requests.forget(id);
        }
    }

    private int sayWhatIsDue(Settings settings, int days) throws StoreException {
        String before = Archive.before(Tac8.now(spec), days);
        Map<String, Map<String, Long>> months = due(settings, before);
        if (months.isEmpty()) {
            say("Nothing is due: nothing is from before " + before + ".");
            return ExitCode.NOTHING_FOUND;
        }
        say("From before " + before + ":");
        months.forEach((month, rows) -> say("  " + month + "  " + StoreView.inWords(rows)));
        return 0;
    }

    /** What is due, by month and table. */
    private static Map<String, Map<String, Long>> due(Settings settings, String before) throws StoreException {
        Path dir = settings.path(Setting.EXTERNAL_DIR);
        Path database = dir.resolve("logs.db");
        Volume volume = Volume.of(settings, "external", dir);
        Map<String, Map<String, Long>> months = new TreeMap<>();
        if (settings.isDefault(Setting.EXTERNAL_DIR) && !volume.isRemembered() && !Files.exists(database)) {
            return months;
        }
        volume.lookForDatabase();
        if (!Files.exists(database)) {
            return months;
        }
        try (Connection connection = Databases.openToRead(database, BUSY_MILLISECONDS)) {
            Path sql = settings.sql();
            Databases.complete(connection, sql);
            Parameters due = Parameters.of(TableStatements.read(sql).of(Files.readString(sql.resolve("archive/due.sql"))));
            PreparedStatement statement = connection.prepareStatement(due.sql());
            for (int i = 0; i < due.names().size(); i++) {
                // As the route asks it, but of all that is there: no run has begun.
                String name = due.names().get(i);
                statement.setObject(i + 1, name.equals("before") ? before : name.contains("passedBy") ? "[]" : Long.MAX_VALUE);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    months.computeIfAbsent(rows.getString("month"), month -> new TreeMap<>(Comparator.comparing(MonthCheck.TABLES::indexOf)))
                            .put(rows.getString("name"), rows.getLong("row_count"));
                }
            }
            return months;
        } catch (IOException | SQLException e) {
            throw new StoreException("cannot find out what is due in " + database + ": " + Reasons.of(e), e);
        }
    }
}
