package dev.tac8.command;

import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Spool;
import dev.tac8.ingest.SpoolFile;
import dev.tac8.service.Service;
import dev.tac8.service.SpoolTakenException;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.text.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;

/** Files that are dropped into the spool, and seen through until all of them are stored: by the running service or, if none runs, by this process. */
final class Delivery {
    private static final long LOOK_MILLISECONDS = 20;
    private static final long LOOK_FOR_SERVICE_NANOS = TimeUnit.SECONDS.toNanos(1);
    static final int MEBIBYTE = 1 << 20;

    private final Settings settings;
    private final String verb;
    private final Consumer<String> warning;

    /** Drops the files. */
    interface Drop {
        /** Where they wait, and their sizes. */
        Map<Path, Long> into(Spool spool) throws Exception;
    }

    /** Who has stored them. */
    enum Done { HERE, BY_THE_SERVICE, NOT }

    /**
     * Prepares it.
     *
     * @param verb    what is done, for the progress bar and for messages, such as {@code ingest}
     * @param warning is given a sentence beside the answer
     */
    Delivery(Settings settings, String verb, Consumer<String> warning) {
        this.settings = settings;
        this.verb = verb;
        this.warning = warning;
    }

    /**
     * Drops files and waits for them.
     *
     * @param stored is given each that this process has stored
     */
    Done deliver(Drop drop, Consumer<SpoolFile> stored) throws Exception {
        try (Service service = Service.open(settings)) {
            here(service, drop, stored);
            return Done.HERE;
        } catch (SpoolTakenException e) {
            if (there(Ingest.spool(settings), drop)) {
                return Done.BY_THE_SERVICE;
            }
            warning.accept("the service stopped; what is not stored yet waits in the spool for the next one");
            return Done.NOT;
        }
    }

    /** Runs the routes in this process. */
    private void here(Service service, Drop drop, Consumer<SpoolFile> stored) throws Exception {
        List<String> away = service.checkStores();
        if (away.size() > 1 || settings.isKafka() && !away.isEmpty()) {
            throw new StoreException(String.join("; ", away));
        }
        away.forEach(reason -> warning.accept(reason + "; the other store takes everything"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Closing.quietly(service), "stop"));
        Map<Path, Long> waiting = drop(drop, service.spool());
        service.spool().onAcknowledged(file -> {
            if (waiting.containsKey(service.spool().dir().resolve(file.name()))) {
                stored.accept(file);
            }
        });
        service.startOnly("ingest", "failback", "spool");
        await(waiting, service.spool(), service.spool()::current, () -> true);
    }

    private Map<Path, Long> drop(Drop drop, Spool spool) throws Exception {
        try {
            return drop.into(spool);
        } catch (IOException e) {
            throw new StoreException("not all could be put into the spool " + spool.dir() + ": " + Reasons.of(e) + ". What is there already waits and is stored once; mend that,"
                    + " and run ./tac8 " + verb + " again", e);
        }
    }

    /** Leaves the work to the service that runs; false if it stops meanwhile. */
    private boolean there(Spool spool, Drop drop) throws Exception {
        Map<Path, Long> waiting = drop(drop, spool);
        long[] looked = {System.nanoTime()};
        return await(waiting, spool, () -> null, () -> {
            if (System.nanoTime() - looked[0] < LOOK_FOR_SERVICE_NANOS) {
                return true;
            }
            looked[0] = System.nanoTime();
            return spool.holder() != 0;
        });
    }

    /** Where a file in the works is to be found, for the progress bar. */
    private interface Current {
        SpoolFile file();
    }

    /**
     * Waits until all files are acknowledged; false if nothing works on them any more.
     *
     * @throws StoreException if one has left the spool otherwise
     */
    private boolean await(Map<Path, Long> waiting, Spool spool, Current current, Doing.Alive service) throws Exception {
        long total = waiting.values().stream().mapToLong(Long::longValue).sum();
        try (ProgressBar bar = Doing.progressBar(verb, total, " MiB", MEBIBYTE)) {
            while (true) {
                boolean alive = service.isAlive();
                List<Path> left = waiting.keySet().stream().filter(Files::exists).toList();
                SpoolFile file = current.file();
                if (bar != null) {
                    bar.stepTo(total - left.stream().mapToLong(waiting::get).sum() + (file == null ? 0 : file.storedBytes()));
                }
                if (left.isEmpty()) {
                    requireAcknowledged(spool, waiting.keySet());
                    return true;
                }
                if (!alive) {
                    return false;
                }
                Thread.sleep(LOOK_MILLISECONDS);
            }
        }
    }

    private void requireAcknowledged(Spool spool, Set<Path> files) throws StoreException {
        List<Path> gone;
        try {
            gone = spool.unacknowledged(files);
        } catch (IOException e) {
            throw new StoreException("what was " + verb + "ed has left the spool " + spool.dir() + ", and whether it is stored cannot be told: "
                    + Reasons.of(e, spool.dir()) + ". " + capital() + " it again when that is mended; what is stored already is not stored twice", e);
        }
        if (!gone.isEmpty()) {
            throw new StoreException(Printable.of(gone.get(0).getFileName().toString()) + (gone.size() == 1 ? ""
                    : " and " + Tac8.count(gone.size() - 1) + " more") + " left the spool " + spool.dir() + ", but "
                    + (gone.size() == 1 ? "is" : "are") + " not in done/, as if " + (gone.size() == 1 ? "it was" : "they were") + " moved or deleted"
                    + ": " + verb + " the originals again; what is stored already is not stored twice");
        }
    }

    private String capital() {
        return verb.substring(0, 1).toUpperCase(Locale.ROOT) + verb.substring(1);
    }
}
