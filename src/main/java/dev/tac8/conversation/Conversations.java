package dev.tac8.conversation;

import dev.tac8.files.Daemon;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * The conversation folders. A worker's {@code log_file} comes from an untrusted writer and may name anything; only files inside
 * these folders are opened.
 */
public final class Conversations {
    private static final int SHOWN_CHARACTERS = 300;
    private static final Duration LEAST_KEPT = Duration.ofDays(1);
    private static final long LOOK_SECONDS = 5;

    private final Path home;
    /** Each as the settings name it, and with its links resolved. */
    private final Map<Path, Path> folders = new LinkedHashMap<>();
    private final Settings settings;

    private Conversations(Path home, List<Path> folders, Settings settings) {
        this.home = home;
        folders.forEach(folder -> this.folders.put(folder, real(folder)));
        this.settings = settings;
    }

    /** The folders of {@code tac8.conversations.dir}. */
    public static Conversations of(Settings settings) {
        return new Conversations(settings.home().toAbsolutePath().normalize(), settings.paths(Setting.CONVERSATIONS_DIR), settings);
    }

    /**
     * Opens the file of a worker. A relative name is tried from the launcher's folder and then from each conversation folder. If it
     * was archived it is read from the archive, even if another file has its name by now.
     *
     * @param logFile {@code workers.log_file} as it is, or null
     * @param spawned when the worker began
     * @throws NoConversationException if there is none that may be read; the message is one sentence
     */
    public Conversation open(String logFile, Instant spawned) throws NoConversationException {
        if (logFile == null || logFile.isBlank()) {
            throw new NoConversationException("the worker's records name no log_file, so there is no conversation to show");
        }
        List<Path> tried = new ArrayList<>();
        Set<Path> names = new LinkedHashSet<>();
        Archived archived = new Archived(settings);
        Path named = path(logFile);
        for (Path name : named) {
            if (name.toString().equals("..")) {
                throw outside(logFile);
            }
        }
        for (Path spelt : spelt(named)) {
            Path candidate = spelt.normalize();
            names.add(candidate);
            for (Path folder : folders.keySet()) {
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
        // A file is archived at the earliest a day after it was last written to: so mostly there is nothing to look for in the archive,
        // and the external disk need not be woken.
        boolean mayBeAnother = there.modified().isAfter(place.spawned.plus(LEAST_KEPT).minus(Archived.SLACK));
        Archived.Found earlier = mayBeAnother ? archived.find(place.names, place.spawned, there.modified()) : null;
        if (earlier == null) {
            return new Conversation(place.file, place.file, new Source(there.channel()), archived.missing() == null ? null
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
     * All the files that a name may mean, however it is spelt, each below the conversation folder as the settings name it, with those
     * that a link of that name leads to; none if it does not name a file in one of them.
     */
    public Set<Path> places(String logFile) {
        Set<Path> places = new LinkedHashSet<>();
        try {
            for (Path spelt : spelt(path(logFile))) {
                if (places.addAll(placesOf(spelt.normalize()))) {
                    places.addAll(placesOf(real(spelt)));
                }
            }
        } catch (NoConversationException e) {
            // It names nothing that is ever read.
        }
        return places;
    }

    /**
     * Those of some names that mean the file of a conversation, in any spelling and through any link; nothing is opened. If a disk
     * hangs, it is given some seconds, and then only the spelling counts.
     */
    public Set<String> namesOf(Conversation conversation, Set<String> names) {
        try {
            return Daemon.ask(LOOK_SECONDS, () -> namesOf(conversation, names, true));
        } catch (TimeoutException e) {
            return namesOf(conversation, names, false);
        }
    }

    private Set<String> namesOf(Conversation conversation, Set<String> names, boolean look) {
        return names.stream().filter(name -> isNameOf(name, conversation.original(), look)).collect(Collectors.toSet());
    }

    private boolean isNameOf(String logFile, Path file, boolean look) {
        try {
            for (Path spelt : spelt(path(logFile))) {
                Set<Path> places = placesOf(spelt.normalize());
                if (places.contains(file) || look && isSame(spelt, file)) {
                    return true;
                }
                if (look && !places.isEmpty() && Files.exists(spelt)) {
                    // The first that exists is the one that is meant.
                    return false;
                }
            }
        } catch (NoConversationException e) {
            // It names nothing at all.
        }
        return false;
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            // One of the two is not there, or may not be looked at.
            return false;
        }
    }

    private Set<Path> placesOf(Path file) {
        Set<Path> places = new LinkedHashSet<>();
        for (Path folder : folders.keySet()) {
            Path inside = inside(file, folder);
            if (inside != null) {
                places.add(folder.resolve(inside));
            }
        }
        return places;
    }

    private static Path path(String logFile) throws NoConversationException {
        try {
            return Path.of(logFile);
        } catch (InvalidPathException e) {
            throw new NoConversationException("the worker's log_file " + shown(logFile) + " is no name a file can have, so there is no"
                    + " conversation to show");
        }
    }

    /** A name resolved from each folder that it may be relative to. */
    private Set<Path> spelt(Path path) {
        Set<Path> spelt = new LinkedHashSet<>();
        spelt.add(home.resolve(path));
        if (!path.isAbsolute()) {
            folders.keySet().forEach(folder -> spelt.add(folder.resolve(path)));
        }
        return spelt;
    }

    /** The way to a file from a folder, or null if the file is not inside it. The folder itself may have been named by a link. */
    private Path inside(Path file, Path folder) {
        for (Path root : List.of(folder, folders.get(folder))) {
            if (file.startsWith(root) && !file.equals(root)) {
                return root.relativize(file);
            }
        }
        return null;
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            // The folder is not there: nothing is found in it.
            return path;
        }
    }

    private NoConversationException outside(String logFile) {
        return new NoConversationException("the worker's log_file " + shown(logFile) + " is outside the conversation folders ("
                + folders.keySet().stream().map(Path::toString).collect(Collectors.joining(", ")) + "), and nothing else is read: move the file"
                + " there, or name its folder in tac8.conversations.dir");
    }

    static String shown(String text) {
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
    }
}
