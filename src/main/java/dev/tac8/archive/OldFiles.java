package dev.tac8.archive;

import dev.tac8.files.RegularFile;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import dev.tac8.text.NameTime;
import dev.tac8.text.Printable;
import dev.tac8.text.Sparingly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Moves conversations and acknowledged spool files that were not written to for long to the external volume, compressed. */
@BindToRegistry("old-files")
public final class OldFiles {
    private static final Logger LOG = LoggerFactory.getLogger("archive-files");

    private final Supplier<Settings> settings;
    private final Volume volume;
    private final Function<String, Set<Path>> places;
    private final BooleanSupplier stopping;
    private final Consumer<FileArchive.Step> steps;
    private final Sparingly sparingly = new Sparingly();

    /**
     * What a run has done.
     *
     * @param conversations    files moved from the conversation folders
     * @param doneFiles        files moved from {@code spool/done/}
     * @param bytes            what they took
     * @param compressedBytes  what they take now
     * @param kept             old files that stay: named by a worker, unreadable or just written to
     * @param conversationsWait whether all conversations stay, because a store could not be asked which workers name them
     */
    public record Done(long conversations, long doneFiles, long bytes, long compressedBytes, long kept, boolean conversationsWait) {
    }

    /**
     * @param settings those of the moment; a run keeps to those that it began with
     * @param volume   of the external store
     * @param places   all the files that a worker's {@code log_file} may mean
     * @param stopping once true, no further file is begun
     */
    public OldFiles(Supplier<Settings> settings, Volume volume, Function<String, Set<Path>> places, BooleanSupplier stopping) {
        this(settings, volume, places, stopping, step -> { });
    }

    OldFiles(Supplier<Settings> settings, Volume volume, Function<String, Set<Path>> places, BooleanSupplier stopping,
             Consumer<FileArchive.Step> steps) {
        this.settings = settings;
        this.volume = volume;
        this.places = places;
        this.stopping = stopping;
        this.steps = steps;
    }

    /**
     * Moves all that may move. The variable {@code oldFiles} says what was done, even if not all was.
     *
     * @param external the rows of {@code sql/archive/workers-since.sql} in the external store; if null, conversations stay
     * @param local    the same of the local one
     * @throws StoreException if the external volume is not there or takes no more; what is not there stays where it is
     */
    public Done move(@Variable("namedExternally") List<Map<String, Object>> external, @Variable("namedLocally") List<Map<String, Object>> local,
                     Exchange exchange) throws StoreException {
        Set<String> named = external == null || local == null ? null
                : Stream.of(external, local).flatMap(List::stream).map(row -> (String) row.get("log_file")).collect(Collectors.toSet());
        Run run = new Run();
        try {
            run.move(named);
            return run.done(named == null);
        } finally {
            exchange.setVariable("oldFiles", run.done(named == null));
        }
    }

    /** The same, without a route. */
    Done move(Set<String> named) throws StoreException {
        Run run = new Run();
        run.move(named);
        return run.done(named == null);
    }

    private final class Run {
        private final Settings settings = OldFiles.this.settings.get();
        private final Instant before = Instant.now().minus(Duration.ofDays(settings.number(Setting.CONVERSATIONS_KEEP_DAYS)));
        private final FileArchive conversations = new FileArchive(ArchivedFiles.conversations(settings), volume, this::sayKept, steps);
        private final FileArchive doneFiles = new FileArchive(ArchivedFiles.events(settings), volume, this::sayKept, steps);
        private long kept;

        Done done(boolean conversationsWait) {
            FileArchive.Moved logs = conversations.moved();
            FileArchive.Moved done = doneFiles.moved();
            return new Done(logs.files(), done.files(), logs.bytes() + done.bytes(), logs.compressedBytes() + done.compressedBytes(), kept,
                    conversationsWait);
        }

        void move(Set<String> named) throws StoreException {
            conversations.tidyUp();
            doneFiles.tidyUp();
            Path spool = settings.path(Setting.SPOOL_DIR);
            if (named != null) {
                Set<Path> places = new HashSet<>();
                named.forEach(name -> places.addAll(OldFiles.this.places.apply(name)));
                // A spool inside a conversation folder is still the spool.
                Set<Object> spoolKeys = keys(List.of(spool, spool.resolve("done"), spool.resolve("quarantine")));
                for (Path folder : settings.paths(Setting.CONVERSATIONS_DIR)) {
                    Originals.walk(folder, spoolKeys, stopping, new Taker(conversations, original -> places.contains(original.path())));
                }
            }
            Originals.walk(spool.resolve("done"), Set.of(), stopping, new Taker(doneFiles, original -> isRecent(original.name().toString())));
        }

        /** Whether a name in {@code done/} says that the file was acknowledged lately; it may have been written long before. */
        private boolean isRecent(String name) {
            Instant acknowledged = NameTime.in(name);
            // If tac8 did not name it, its own time is all there is.
            return acknowledged != null && !acknowledged.isBefore(before);
        }

        private void sayKept(Path original, String reason) {
            kept++;
            sparingly.say(LOG, Level.WARN, reason.replace(original.toString(), ""), Printable.of(original.toString()) + " stays where it is: "
                    + Printable.of(reason) + ". The next run tries again");
        }

        /** Takes the originals of a folder. */
        private final class Taker implements Originals.Visitor {
            private final FileArchive archive;
            private final Predicate<Original> stays;

            Taker(FileArchive archive, Predicate<Original> stays) {
                this.archive = archive;
                this.stays = stays;
            }

            @Override
            public boolean isMonth(Object folderKey) throws IOException {
                return conversations.isMonth(folderKey) || doneFiles.isMonth(folderKey);
            }

            @Override
            public void take(Original original) throws StoreException {
                if (!original.seen().lastModifiedTime().toInstant().isBefore(before)) {
                    return;
                }
                if (stays.test(original)) {
                    kept++;
                    return;
                }
                try {
                    if (!RegularFile.isText(original.path())) {
                        throw new FileArchive.KeptException("its name is not valid text, so a manifest could not say which file it was");
                    }
                    archive.take(original);
                } catch (FileArchive.KeptException e) {
                    sayKept(original.path(), e.getMessage());
                }
            }

            @Override
            public void leave() throws StoreException {
                archive.commit();
            }

            @Override
            public void unreadable(Path path, IOException failure) {
                sayKept(path, Reasons.of(failure));
            }
        }
    }

    private static Set<Object> keys(List<Path> folders) {
        Set<Object> keys = new HashSet<>();
        for (Path folder : folders) {
            try {
                keys.add(Files.readAttributes(folder, BasicFileAttributes.class).fileKey());
            } catch (IOException e) {
                // It is not there.
            }
        }
        return keys;
    }
}
