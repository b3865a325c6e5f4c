package dev.tac8.command;

import dev.tac8.replica.Verification;
import dev.tac8.service.Service;
import dev.tac8.service.SpoolTakenException;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.status.StoreView;
import dev.tac8.status.Words;
import dev.tac8.store.Freshness;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tac8 replica}: follows a PostgreSQL database on a computer that only reads it. */
@Command(name = "replica", mixinStandardHelpOptions = true, optionListHeading = "%n", subcommands = ReplicaCommand.Verify.class,
        description = "Follows the PostgreSQL database of tac8.store=postgresql, until it is stopped (Ctrl-C, SIGTERM), on a computer that only asks:"
                + " questions, the page, backups and the archive use its replica. ./tac8 run follows by itself.",
        footer = {"", "Examples:", "  ./tac8 replica", "  ./tac8 replica --once", "  ./tac8 replica verify%n"})
final class ReplicaCommand extends Doing {
    private static final String[] READING = {"replica", "spool", "archive", "page", "observe"};

    private static final int PATIENT_SECONDS = 600;

    @Option(names = "--once", description = "Reads what is new, and ends.")
    private boolean once;

    @Override
    public Integer call() throws Exception {
        Settings settings = settings().with(Map.of(Setting.REPLICA_FOLLOW, true));
        check(settings);
        if (once) {
            // What has come since the last time may be more than can be looked through at once, and no later try is more patient.
            settings = settings.with(Map.of(Setting.STORE_ANSWER_SECONDS, PATIENT_SECONDS));
        }
        CountDownLatch stopped = new CountDownLatch(1);
        try (Service service = Service.open(settings)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                Closing.quietly(service);
                stopped.countDown();
            }, "stop"));
            CamelContext context = service.startOnly(once ? new String[0] : READING);
            if (once) {
                readOnce(context);
                say("The replica has what the database has: ./tac8 status");
                return ExitCode.DONE;
            }
            Answering.begin(settings);
            say("tac8 follows " + Freshness.read(settings).of() + ", process " + ProcessHandle.current().pid());
            say("  replica  " + service.active().file());
            say("  stop with Ctrl-C or SIGTERM");
            stopped.await();
            return ExitCode.DONE;
        } catch (SpoolTakenException e) {
            Freshness freshness = Freshness.read(settings);
            Instant now = Instant.now();
            if (freshness.isOld(now)) {
                throw new StoreException(e.getMessage() + "; the replica is as it was: " + freshness.missing(), e);
            }
            String follows = e.holder() + " follows the database already, and the replica is " + Freshness.inWords(freshness.behind(now)) + " behind it";
            if (once) {
                say("Nothing to do: " + follows + ".");
                return ExitCode.DONE;
            }
            throw new StoreException(follows + ", so nothing is started: ./tac8 status", e);
        }
    }

    private static void readOnce(CamelContext context) throws Exception {
        try (ProducerTemplate template = context.createProducerTemplate()) {
            Exchange pull = template.send("direct:pull", exchange -> { });
            if (pull.getException() != null) {
                throw new StoreException("the replica is as it was: " + Reasons.of(pull.getException()), pull.getException());
            }
        }
    }

    private static void check(Settings settings) throws SettingsException {
        if (!settings.isPostgresql()) {
            throw new SettingsException("tac8.store is sqlite, so questions read the store itself and there is no replica");
        }
    }

    /** {@code tac8 replica verify}. */
    @Command(name = "verify", mixinStandardHelpOptions = true, optionListHeading = "%n",
            description = "Compares the replica, its archive included, with the database: the rows of each day and table by their number and a checksum,"
                    + " and where these differ, each row. Changes nothing; ./tac8 run or ./tac8 replica goes on meanwhile.",
            footer = {"", "Example:", "  ./tac8 replica verify%n"})
    static final class Verify extends Doing {
        private static final int MOST = 20;

        @Override
        public Integer call() throws Exception {
            Settings settings = settings();
            check(settings);
            StoreView.Seen local = StoreView.local(settings).await();
            if (local.backlog() == null || local.backlog() > 0) {
                warn(local.backlog() == null ? "the local store cannot be read: " + local.reason() : Words.count(local.backlog(), "row")
                        + " of this host wait in the local store for the database: compare when they are home");
                return ExitCode.UNAVAILABLE;
            }
            Freshness freshness = Freshness.read(settings);
            if (freshness.isOld(Instant.now())) {
                warn("a replica is compared while ./tac8 run or ./tac8 replica follows: " + freshness.missing());
                return ExitCode.UNAVAILABLE;
            }
            Instant begin = Instant.now();
            Verification found = Verification.of(settings);
            if (found.differing().isEmpty()) {
                String rows = StoreView.inWords(found.rows());
                say("Equal: " + (rows.isEmpty() ? "no rows" : rows) + " on " + Words.count(found.days(), "day") + ", compared in "
                        + Freshness.inWords(Duration.between(begin, Instant.now())) + ".");
                return ExitCode.DONE;
            }
            int all = found.differing().values().stream().mapToInt(List::size).sum();
            say(Words.count(all, "row") + (all == 1 ? " differs:" : " differ:"));
            int left = MOST;
            for (Map.Entry<String, List<String>> day : found.differing().entrySet()) {
                for (String row : day.getValue()) {
                    if (left-- > 0) {
                        say("  " + day.getKey() + "  " + row);
                    }
                }
            }
            if (all > MOST) {
                say("  and " + Tac8.count(all - MOST) + " more");
            }
            return ExitCode.NOTHING_FOUND;
        }
    }
}
