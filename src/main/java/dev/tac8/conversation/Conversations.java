package dev.tac8.conversation;

import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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

    private final Path home;
    private final List<Path> folders;

    private Conversations(Path home, List<Path> folders) {
        this.home = home;
        this.folders = folders;
    }

    /** Those of {@code tac8.conversations.dir}. */
    public static Conversations of(Settings settings) {
        return new Conversations(settings.home().toAbsolutePath().normalize(), settings.paths(Setting.CONVERSATIONS_DIR));
    }

    /**
     * Opens the file of a worker. A relative name is tried from the launcher's folder and then from each conversation folder.
     *
     * @param logFile {@code workers.log_file} as it is, or null
     * @throws NoConversationException where there is none that may be read: nothing was found, in one sentence
     */
    public Conversation open(String logFile) throws NoConversationException {
        if (logFile == null || logFile.isBlank()) {
            throw new NoConversationException("the worker's records name no log_file, so there is no conversation to show");
        }
        List<Path> tried = new ArrayList<>();
        for (Path candidate : candidates(logFile)) {
            for (Path folder : folders) {
                Path inside = inside(candidate, folder);
                if (inside == null || tried.contains(candidate)) {
                    continue;
                }
                tried.add(candidate);
                Conversation found = Folder.open(folder, inside);
                if (found != null) {
                    return found;
                }
            }
        }
        if (tried.isEmpty()) {
            throw outside(logFile);
        }
        throw new NoConversationException("there is no conversation " + shown(logFile) + " (looked for "
                + tried.stream().map(path -> shown(path.toString())).collect(Collectors.joining(", "))
                + "): it was moved or deleted, or lies in a folder that tac8.conversations.dir does not name");
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
