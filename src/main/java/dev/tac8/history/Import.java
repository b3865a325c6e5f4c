package dev.tac8.history;

import dev.tac8.price.PriceBook;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads agents' own files, and drops what they tell of calls and of money into the spool, as any writer does. The files are only read.
 */
public final class Import {
    /** The agents whose files are known. */
    public static final List<String> AGENTS = List.of(ClaudeLines.AGENT, CodexRollout.AGENT, GeminiChat.AGENT);

    /**
     * What is to be read.
     *
     * @param agents those whose files are read
     * @param paths  files and folders; if there are none, the agents' own folders and the files that workers' records name
     * @param since  what is older is left out; null for nothing
     * @param worker the worker that ran all sessions that are found; null if that is not said
     * @param again  whether files that have not changed since are read, too
     */
    public record Options(List<String> agents, List<Path> paths, Instant since, String worker, boolean again) {
    }

    private final Settings settings;
    private final Map<String, String> environment;

    /** @param environment that of the agents, which says where their folders are */
    public Import(Settings settings, Map<String, String> environment) {
        this.settings = settings;
        this.environment = environment;
    }

    /**
     * Looks what there is to be read.
     *
     * @param progress is told of each file and of the bytes that were read of it
     * @throws StoreException if the stores cannot say which workers there are, or the prices are not valid
     */
    public Imported begin(Options options, Progress progress) throws StoreException {
        PriceBook book = PriceBook.read(settings.files());
        Known known = Known.of(settings);
        Folders folders = new Folders(environment);
        Set<Path> files = options.paths().isEmpty() ? new LinkedHashSet<>() : folders.files(options.paths());
        if (options.paths().isEmpty()) {
            options.agents().forEach(agent -> files.addAll(folders.of(agent)));
            files.addAll(folders.files(known.logs().keySet()));
        }
        Imported imported = new Imported(settings, options, book, known, folders.unreadable(), new Rollouts(files), progress);
        ReadFiles before = ReadFiles.of(settings);
        for (Path file : whatNamesWorkersFirst(files, known)) {
            try {
                ReadFiles.State now = ReadFiles.look(file);
                if (!options.again() && options.worker() == null && before.isUnchanged(file, now, known.workers())) {
                    imported.unchanged();
                } else {
                    imported.toRead(file, now);
                }
            } catch (IOException e) {
                imported.unreadable(file, Reasons.of(e));
            }
        }
        progress.begin(imported.bytesToRead());
        return imported;
    }

    /** A session's worker is to be known when its calls are found, in whichever part that is. */
    private static List<Path> whatNamesWorkersFirst(Set<Path> files, Known known) {
        return Stream.concat(files.stream().filter(known.logs()::containsKey), files.stream().filter(file -> !known.logs().containsKey(file))).toList();
    }

    /** Is told how far it is. */
    public interface Progress {
        /** Tells nobody. */
        Progress NONE = new Progress() {
            @Override
            public void begin(long total) {
                // Nobody looks.
            }

            @Override
            public void begin(Path file) {
                // Nobody looks.
            }

            @Override
            public void read(long bytes) {
                // Nobody looks.
            }
        };

        /** So many bytes are to be read in all. */
        void begin(long total);

        /** A file is begun. */
        void begin(Path file);

        /** So much of the file has been read. */
        void read(long bytes);
    }
}
