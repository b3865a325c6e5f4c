package dev.tac8.command;

import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Spool;
import dev.tac8.service.Service;
import dev.tac8.service.SpoolTakenException;
import dev.tac8.settings.Settings;
import dev.tac8.status.StoreView;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import picocli.CommandLine.Command;

/** {@code tac8 reconcile}: brings home by hand what the local store took. */
@Command(name = "reconcile", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Brings home to the external store what the local one took while it was away, and waits until that is done."
                + " The running service does so by itself.",
        footer = {"", "Example:", "  ./tac8 reconcile%n"})
final class ReconcileCommand extends Doing {
    private static final long LOOK_MILLISECONDS = 250;
    /** A service that brings nothing home for so long has a reason that its log says. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @Override
    public Integer call() throws Exception {
        Settings settings = settings();
        StoreView.Seen local = StoreView.local(settings).await();
        if (local.untouched() || local.rowCount() != null && local.rowCount() == 0) {
            say("Nothing is to be brought home: the local store is empty.");
            return ExitCode.NOTHING_FOUND;
        }
        checkCounted(local);
        checkAvailable(StoreView.external(settings).await());
        Map<String, Long> rows = local.rows();
        try (Service service = Service.open(settings)) {
            bringHome(service);
        } catch (SpoolTakenException e) {
            await(settings, local);
        }
        checkEmpty(settings);
        say("Brought home: " + StoreView.inWords(rows) + ". The local store is empty.");
        return 0;
    }

    /** Runs the routes in this process. */
    private static void bringHome(Service service) throws Exception {
        List<String> away = service.checkStores();
        if (!away.isEmpty()) {
            throw new StoreException(String.join("; ", away));
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Closing.quietly(service), "stop"));
        try (ProducerTemplate template = service.startOnly().createProducerTemplate()) {
            Exchange round = template.send("direct:bring-all-home", exchange -> { });
            if (round.getException() != null) {
                throw new StoreException("bringing home failed, and the local store keeps what is not home: "
                        + Reasons.of(round.getException()), round.getException());
            }
        }
    }

    /** Waits for the service that runs. */
    private void await(Settings settings, StoreView.Seen before) throws Exception {
        Spool spool = Ingest.spool(settings);
        long holder = spool.holder();
        say("The service" + (holder > 0 ? ", process " + holder + "," : "") + " brings home what the local store holds: "
                + StoreView.inWords(before.rows()) + ". Waiting until that is done...");
        long least = before.rowCount();
        long progressNanos = System.nanoTime();
        while (least > 0) {
            Thread.sleep(LOOK_MILLISECONDS);
            boolean runs = spool.holder() != 0;
            StoreView.Seen local = StoreView.local(settings).await();
            if (local.rowCount() != null && local.rowCount() < least) {
                least = local.rowCount();
                progressNanos = System.nanoTime();
                continue;
            }
            checkAvailable(StoreView.external(settings).await());
            if (!runs) {
                throw new StoreException("the service stopped; ./tac8 reconcile brings home what is left");
            }
            if (System.nanoTime() - progressNanos > PATIENCE_NANOS) {
                throw new StoreException("the service has brought nothing home for 60 s; its log says why");
            }
        }
    }

    private static void checkEmpty(Settings settings) throws Exception {
        StoreView.Seen local = StoreView.local(settings).await();
        checkCounted(local);
        if (local.rowCount() > 0) {
            // The round ends early if the external store goes away or this process is stopped.
            checkAvailable(StoreView.external(settings).await());
            throw new StoreException("not all is home: the local store holds " + StoreView.inWords(local.rows())
                    + " still; ./tac8 reconcile goes on with it");
        }
    }

    private static void checkCounted(StoreView.Seen local) throws StoreException {
        if (local.rows() == null) {
            throw new StoreException("cannot bring anything home from the local store: " + local.reason());
        }
    }

    private static void checkAvailable(StoreView.Seen external) throws StoreException {
        // Without a database it is made on first use.
        if (!external.available() && !external.untouched()) {
            throw new StoreException("nothing can be brought home to the external store: " + external.reason());
        }
    }
}
