package dev.tac8.conversation;

import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The conversation folders. A worker's {@code log_file} was written by anybody and names anything; only files inside these folders
 * are opened.
 */
public final class Conversations {
    private static final int SHOWN_CHARACTERS = 300;
    private static final Duration LEAST_KEPT = Duration.ofDays(1);

    private final Path home;
    private final List<Path> folders;
    private final Settings settings;

    private Conversations(Path home, List<Path> folders, Settings settings) {
        this.home = home;
        this.folders = folders;
        this.settings = settings;
    }

    /** Those of {@code tac8.conversations.dir}. */
    public static Conversations of(Settings settings) {
        return new Conversations(settings.home().toAbsolutePath().normalize(), settings.paths(Setting.CONVERSATIONS_DIR), settings);
    }

    /**
     * Opens the file of a worker. A relative name is tried from the launcher's folder and then from each conversation folder. Where it
     * was archived it is read from there, also where another file has its name by now.
     *
     * @param logFile {@code workers.log_file} as it is, or null
     * @param spawned when the worker began
     * @throws NoConversationException where there is none that may be read: nothing was found, in one sentence
     */
    public Conversation open(String logFile, Instant spawned) throws NoConversationException {
        if (logFile == null || logFile.isBlank()) {
            throw new NoConversationException("the worker's records name no log_file, so there is no conversation to show");
        }
        List<Path> tried = new ArrayList<>();
        Set<Path> names = new LinkedHashSet<>();
        Archived archived = new Archived(settings);
        for (Path candidate : candidates(logFile)) {
            names.add(candidate);
            for (Path folder : folders) {
                Path inside = inside(candidate, folder);
                if (inside == null) {
                    continue;
                }
                names.add(folder.resolve(inside));
                if (tried.contains(candidate)) {
                    continue;
                }
                tried.add(candidate);
                Folder.Opened found = Folder.open(folder, inside);
                if (found != null) {
                    return fitting(new Place(folder.resolve(inside), names, spawned), found, archived);
                }
            }
        }
        Archived.Found found = archived.find(names, spawned, null);
        if (found != null) {
            return found.open(archived.root());
        }
        if (tried.isEmpty()) {
            throw outside(logFile);
        }
        throw new NoConversationException("there is no conversation " + shown(logFile) + " (looked for "
                + tried.stream().map(path -> shown(path.toString())).collect(Collectors.joining(", "))
                + "): it was moved or deleted, or lies in a folder that tac8.conversations.dir does not name"
                + (archived.missing() == null ? "" : ", or on the external volume, which is missing: " + archived.missing())
                + (archived.unfitting() == null ? "" : ". An earlier conversation of that name is in the archive: "
                + archived.unfitting()));
    }

    private record Place(Path file, Set<Path> names, Instant spawned) {
    }

    /** The file that is there, or an archived one that had its name when the worker was alive. */
    private static Conversation fitting(Place place, Folder.Opened there, Archived archived) throws NoConversationException {
        // A file is archived a day after somebody last wrote to it, at the earliest: most often there is nothing to be looked for, and an
        // external disk need not be woken.
        boolean mayBeAnother = there.modified().isAfter(place.spawned.plus(LEAST_KEPT).minus(Archived.SLACK));
        Archived.Found earlier = mayBeAnother ? archived.find(place.names, place.spawned, there.modified()) : null;
        if (earlier == null) {
            return new Conversation(place.file, new PlainSource(there.channel()), archived.missing() == null ? null
                    : "an earlier conversation of this name may lie on the external volume, which is missing: " + archived.missing());
        }
        try {
            there.channel().close();
        } catch (IOException e) {
            // It was only read.
        }
        return earlier.open(archived.root());
    }

    /**
     * All the files that a name may mean, each below the conversation folder as the settings name it; none where it is no name of a file
     * in one of them.
     */
    public Set<Path> places(String logFile) {
        Set<Path> places = new LinkedHashSet<>();
        try {
            for (Path candidate : candidates(logFile)) {
                for (Path folder : folders) {
                    Path inside = inside(candidate, folder);
                    if (inside != null) {
                        places.add(folder.resolve(inside));
                    }
                }
            }
        } catch (NoConversationException e) {
            // It names nothing that is ever read.
        }
        return places;
    }

    private Set<Path> candidates(String logFile) throws NoConversationException {
        Path path;
        try {
            path = Path.of(logFile);
        } catch (InvalidPathException e) {
            throw new NoConversationException("the worker's log_file " + shown(logFile) + " is no name a file can have, so there is no"
                    + " conversation to show");
        }
        for (Path name : path) {
            if (name.toString().equals("..")) {
                throw outside(logFile);
            }
        }
        Set<Path> candidates = new LinkedHashSet<>();
        candidates.add(home.resolve(path).normalize());
        if (!path.isAbsolute()) {
            folders.forEach(folder -> candidates.add(folder.resolve(path).normalize()));
        }
        return candidates;
    }

    /** The way to a file from a folder, or null where the file is not inside it. The folder itself may have been named by a link. */
    private static Path inside(Path file, Path folder) {
        Path real = folder;
        try {
            real = folder.toRealPath();
        } catch (IOException e) {
            // It is not there: nothing is found in it.
        }
        for (Path root : List.of(folder, real)) {
            if (file.startsWith(root) && !file.equals(root)) {
                return root.relativize(file);
            }
        }
        return null;
    }

    private NoConversationException outside(String logFile) {
        return new NoConversationException("the worker's log_file " + shown(logFile) + " is outside the conversation folders ("
                + folders.stream().map(Path::toString).collect(Collectors.joining(", ")) + "), and nothing else is read: move the file"
                + " there, or name its folder in tac8.conversations.dir");
    }

    static String shown(String text) {
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
    }
}
