package dev.tac8.command;

import dev.tac8.service.LiveEdits;
import dev.tac8.service.Service;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.text.StandardOutput;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** {@code tac8 run}: the service. */
@Command(name = "run", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Runs the service: stores what is renamed into the spool, until it is stopped (Ctrl-C, SIGTERM).",
        footer = {"", "Example:", "  ./tac8 run -D tac8.external.dir=/mnt/external-hdd/tac8%n"})
final class RunCommand extends Doing {
    private static final Logger LOG = LoggerFactory.getLogger("run");


    @Override
    public Integer call() throws Exception {
        SettingsException wrong = null;
        Settings settings;
        try {
            settings = settings();
        } catch (SettingsException e) {
            wrong = e;
            settings = ((Tac8) spec.root().userObject()).settingsPassingOverFaults();
        }
        CountDownLatch stopped = new CountDownLatch(1);
        LiveEdits edits = LiveEdits.open(settings, wrong, RunCommand::faults);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            Closing.quietly(edits);
            stopped.countDown();
        }, "stop"));
        List<String> away = edits.service().checkStores();
        away.forEach(reason -> LOG.error("{}. {}", reason, edits.settings().isKafka() ? "What comes waits until then" : away.size() == 1 ? "The other store takes everything until then"
                : "The spool keeps everything until then"));
        edits.start();
        Answering.begin(edits.settings());
        try {
            greet(edits.service(), edits.settings(), out());
        } catch (StandardOutput.Failure e) {
            LOG.warn("{}; the service runs all the same", e.getMessage());
        }
        stopped.await();
        return 0;
    }

    /** What is wrong with edited files; if there is nothing, and the settings say so, what the tests say of them. */
    static List<String> faults(Settings settings, Collection<String> changed) throws Exception {
        List<String> faults = ValidateCommand.faults(settings, changed);
        if (faults.isEmpty() && settings.flag(Setting.RELOAD_TEST_FIRST)) {
            for (Trial trial : Trial.in(settings.home().resolve("tests"))) {
                trial.run(settings).forEach(fault -> faults.add("tests/" + trial.name() + ": " + fault));
            }
        }
        return faults;
    }

    private static void greet(Service service, Settings settings, PrintWriter out) {
        out.println("tac8 is running, process " + ProcessHandle.current().pid());
        out.println("  spool           " + service.spool().dir() + "  (rename *.jsonl files into it)");
        if (settings.isKafka()) {
            out.println("  topic           " + settings.text(Setting.KAFKA_TOPIC) + " of " + settings.text(Setting.KAFKA_BROKERS) + "  (records "
                    + (settings.isOnlyEdge() ? "go" : settings.isEdge() ? "go there, and come from" : "come from") + " there" + (settings.isJoin() ? ", for the group "
                    + settings.text(Setting.KAFKA_GROUP) : "") + ")");
        }
        if (!settings.isOnlyEdge()) {
            out.println("  external store  " + service.external().place());
            out.println("  local store     " + service.local().file() + "  (while the external one is away" + (settings.isKafka() ? ", for files of the spool" : "") + ")");
        }
        out.println("  stop with Ctrl-C or SIGTERM");
        out.flush();
    }
}
