package dev.tac8.status;

import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Quarantine;
import dev.tac8.ingest.Report;
import dev.tac8.ingest.ServiceStatus;
import dev.tac8.ingest.Spool;
import dev.tac8.settings.Settings;
import dev.tac8.store.DatabaseFile;
import dev.tac8.store.Freshness;
import dev.tac8.store.Reasons;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * How everything is. Looking waits for no disk that hangs, and changes nothing.
 *
 * @param at           when that was
 * @param spool        the spool
 * @param spoolReason  why it cannot be read, a sentence; else null
 * @param holder       the process that holds it; negative if it is not known which, 0 for none
 * @param said         what that process says of itself, or null
 * @param waitingFiles how many files wait in the spool
 * @param oldest       when the oldest of them was written, or null
 * @param quarantine   what is in it; null if it cannot be read
 * @param broker       how the broker is; null if there is none, or no service here uses it
 * @param hasStores    whether what the service reads is stored here: an edge of a broker only sends it
 * @param replica      how fresh the replica is; null if the store is a file
 * @param missing      what cannot be read or is refused, a sentence each
 */
public record Condition(Instant at, Spool spool, String spoolReason, long holder, ServiceStatus said, int waitingFiles, Instant oldest, Quarantine.Count quarantine,
                        StoreView.Seen external, StoreView.Seen local, String broker, boolean hasStores, Freshness replica, List<String> missing) {

    /** A look that has begun: the disks of the stores are being asked. */
    public static final class Begun {
        private final Settings settings;
        private final StoreView external;
        private final StoreView local;
        private final Instant now = Instant.now();

        private Begun(Settings settings, StoreView external, StoreView local) {
            this.settings = settings;
            this.external = external;
            this.local = local;
        }

        /** Looks at the rest, and waits for the stores, some seconds at most. */
        public Condition await() throws InterruptedException {
            return new Look(settings, now).look(external, local);
        }
    }

    /** Begins to look; the rows of both stores are counted. */
    public static Begun begin(Settings settings) throws IOException {
        return new Begun(settings, StoreView.external(settings), StoreView.local(settings));
    }

    /** Begins to look; of the stores only what waits to be brought home is counted, as counting many rows takes long. */
    public static Begun beginQuickly(Settings settings) throws IOException {
        return new Begun(settings, StoreView.external(settings, new String[0]), StoreView.local(settings));
    }

    /** What the process that holds the spool says of itself, or null: one that is gone may have left its words behind. */
    public static ServiceStatus said(Spool spool, long holder) {
        ServiceStatus last = ServiceStatus.read(spool.dir());
        return last != null && (holder < 0 || last.pid() == holder) ? last : null;
    }

    /** The stores to be shown: an edge of a broker has no external one, but may still have rows of an earlier role there. */
    public List<StoreView.Seen> stores() {
        return hasStores || external.rowCount() != null && external.rowCount() > 0 ? List.of(external, local) : List.of(local);
    }

    /** This host's last report of a kind, {@code failback} or {@code archive}, that is on record, or null. */
    public StoreView.Report last(String kind) {
        if (replica != null) {
            Report own = Report.last(spool.dir(), kind);
            return own == null ? null : new StoreView.Report(own.timestamp(), own.message());
        }
        return Stream.of(external, local).map(store -> store.reports().get(kind)).filter(Objects::nonNull)
                .reduce((a, b) -> a.time().compareTo(b.time()) >= 0 ? a : b).orElse(null);
    }

    private static final class Look {
        private final Settings settings;
        private final Spool spool;
        private final Instant now;
        private final boolean hasStores;
        private final Freshness replica;
        private String spoolReason;
        private long holder;
        private ServiceStatus said;
        private int waitingFiles;
        private Instant oldest;
        private Quarantine.Count quarantine;

        Look(Settings settings, Instant now) {
            this.settings = settings;
            this.spool = Ingest.spool(settings);
            this.now = now;
            this.hasStores = !settings.isOnlyEdge();
            this.replica = Freshness.read(settings);
        }

        Condition look(StoreView lookAtExternal, StoreView lookAtLocal) throws InterruptedException {
            try {
                lookAtSpool();
            } catch (IOException | UncheckedIOException e) {
                spoolReason = "the spool " + spool.dir() + " cannot be read: " + Reasons.of(e, spool.dir());
            }
            StoreView.Seen external = lookAtExternal.await();
            StoreView.Seen local = lookAtLocal.await();
            if (spoolReason == null && !Files.isDirectory(spool.dir()) && !(external.untouched() && local.untouched())) {
                spoolReason = "there is no folder " + spool.dir() + " for the spool: look at tac8.spool.dir";
            }
            return new Condition(now, spool, spoolReason, holder, said, waitingFiles, oldest, quarantine, external, local, Words.broker(settings, holder, said), hasStores, replica, missing(external, local));
        }

        private List<String> missing(StoreView.Seen external, StoreView.Seen local) {
            List<String> missing = new ArrayList<>();
            List<StoreView.Seen> stores = hasStores ? List.of(external, local) : List.of(local);
            // What has never been begun is not missing.
            stores.stream().filter(store -> store.reason() != null && !store.untouched())
                    .forEach(store -> missing.add("the " + store.name() + " store: " + store.reason()));
            stores.stream().filter(store -> !store.damaged().isEmpty())
                    .forEach(store -> missing.add("the " + store.name() + " store: " + DatabaseFile.saysOf(store.damaged())));
            if (spoolReason != null) {
                missing.add(spoolReason);
            }
            if (replica != null && replica.follows() && replica.isOld(now)) {
                missing.add(replica.missing());
            }
            if (said != null && said.isBrokerAway()) {
                missing.add(said.broker());
            }
            if (said != null && said.generation().refused() != null) {
                missing.add("an edit is refused: " + said.generation().refused());
            }
            return missing;
        }

        private void lookAtSpool() throws IOException {
            holder = spool.holder();
            said = Condition.said(spool, holder);
            for (Path file : spool.waiting()) {
                try {
                    Instant written = Files.getLastModifiedTime(file).toInstant();
                    oldest = oldest == null || written.isBefore(oldest) ? written : oldest;
                    waitingFiles++;
                } catch (NoSuchFileException e) {
                    // It was stored meanwhile.
                }
            }
            quarantine = spool.quarantine().count();
        }
    }
}
