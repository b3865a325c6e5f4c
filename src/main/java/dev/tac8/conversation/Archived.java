package dev.tac8.conversation;

import dev.tac8.archive.ArchivedFiles;
import dev.tac8.archive.Manifest;
import dev.tac8.archive.Version;
import dev.tac8.files.Daemon;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.Volume;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Conversations that were moved to the external volume, found by the name they had. The manifests are not trusted: only a regular
 * file beside the manifest is opened.
 */
final class Archived {
    /**
     * How long before its worker was spawned a file may last have been written to: it is made first, clocks differ, and for some
     * workers only the end was ever recorded. A name is free for the next worker a day after the last write at the earliest.
     */
    static final Duration SLACK = Duration.ofHours(12);
    private static final long LOOK_SECONDS = 5;
    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("uuuu-MM").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu-MM-dd").withZone(ZoneOffset.UTC);

    private final Path root;
    private final Volume volume;
    private String missing;
    private String unfitting;

    Archived(Settings settings) {
        this.root = ArchivedFiles.conversations(settings);
        this.volume = Volume.of(settings, "external", settings.path(Setting.EXTERNAL_DIR));
    }

    /** A version of a name, and the folder of its month. */
    record Found(Version version, Path month) {
        /** Opens it. */
        Conversation open(Path root) throws NoConversationException {
            Path file = month.resolve(version.file());
            Folder.Opened opened = Folder.open(root, root.relativize(file));
            if (opened == null) {
                throw new NoConversationException("the conversation " + Conversations.shown(version.path()) + " was archived as " + file
                        + ", which is not there any more: bring it back from a backup; ./tac8 archive verify names what else is missing");
            }
            return new Conversation(file, Path.of(version.path()), new GzipSource(opened.channel(), file), "this conversation was archived on "
                    + DAY.format(version.archived()) + ", and is read from " + file);
        }
    }

    Path root() {
        return root;
    }

    /** Why the archive could not be asked, or null. */
    String missing() {
        return missing;
    }

    /** An archived conversation that had the name before the worker began, if nothing better was found; or null. */
    String unfitting() {
        return unfitting;
    }

    /**
     * Finds the version that a worker wrote: of those that were last written to after it was spawned, the first.
     *
     * @param places  the names it may have had
     * @param spawned when the worker began
     * @param now     when the file that has the name now was last written to, or null if there is none
     * @return null if there is none, or the file that is there now fits better
     */
    Found find(Set<Path> places, Instant spawned, Instant now) throws NoConversationException {
        SortedMap<String, Path> months = months();
        Instant from = spawned.minus(SLACK);
        String first = MONTH.format(from.isBefore(Instant.EPOCH) ? Instant.EPOCH : from);
        for (Path month : months.tailMap(first).values()) {
            Found found = find(places, month, version -> !version.modified().isBefore(from), true);
            if (found != null) {
                return now == null || found.version.modified().isBefore(now) ? found : null;
            }
        }
        if (now != null) {
            return null;
        }
        List<Path> earlier = new ArrayList<>(months.headMap(first + "-").values());
        Collections.reverse(earlier);
        for (Path month : earlier) {
            Found found = find(places, month, version -> true, false);
            if (found != null) {
                // It belongs to another worker: its words must not be shown as this one's.
                unfitting = found.month.resolve(found.version.file()) + ", last written to on " + DAY.format(found.version.modified());
                return null;
            }
        }
        return null;
    }

    /** The first or last version in a month that a filter lets pass. */
    private Found find(Set<Path> places, Path month, Predicate<Version> filter, boolean first) throws NoConversationException {
        Path manifest = month.resolve(Manifest.NAME);
        Folder.Opened opened = Folder.open(root, root.relativize(manifest));
        if (opened == null) {
            return null;
        }
        Version[] best = new Version[1];
        try (FileChannel channel = opened.channel()) {
            Manifest.read(new ChannelInput(channel), (line, listed) -> {
                if (listed != null && isOneOf(places, listed.path()) && filter.test(listed)
                        && (best[0] == null || listed.modified().isBefore(best[0].modified()) == first)) {
                    best[0] = listed;
                }
            });
        } catch (IOException e) {
            throw new NoConversationException("the manifest " + manifest + " cannot be read, so the conversation cannot be looked for there:"
                    + " " + Reasons.of(e));
        }
        return best[0] == null ? null : new Found(best[0], month);
    }

    private static boolean isOneOf(Set<Path> places, String path) {
        return places.stream().anyMatch(place -> place.toString().equals(path));
    }

    /** The months of the archive; none if the volume is away, and then notes why. */
    private SortedMap<String, Path> months() {
        try {
            return Daemon.ask(LOOK_SECONDS, () -> {
                if (!volume.isRemembered() && !Files.isDirectory(root)) {
                    return new TreeMap<>();
                }
                volume.look();
                return ArchivedFiles.months(root);
            });
        } catch (TimeoutException e) {
            missing = "its disk does not answer";
        } catch (Exception e) {
            missing = Reasons.of(e);
        }
        return new TreeMap<>();
    }
}
