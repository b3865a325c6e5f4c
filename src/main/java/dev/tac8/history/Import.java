package dev.tac8.history;

import dev.tac8.price.PriceBook;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
     * Reads what there is to be read.
     *
     * @param progress is told of each file and of the bytes that were read of it
     * @throws StoreException if the stores cannot say which workers there are, or the prices are not valid
     */
    public Imported read(Options options, Progress progress) throws StoreException {
        return read(options, Integer.MAX_VALUE, progress);
    }

    /** The same, up to the end of the file in which so many calls have been found. */
    Imported read(Options options, int mostCalls, Progress progress) throws StoreException {
        PriceBook book = PriceBook.read(settings.files());
        Known known = Known.of(settings);
        Folders folders = new Folders(environment);
        Set<Path> files = options.paths().isEmpty() ? new LinkedHashSet<>() : folders.files(options.paths());
        if (options.paths().isEmpty()) {
            options.agents().forEach(agent -> files.addAll(folders.of(agent)));
            files.addAll(folders.files(known.logs().keySet()));
        }
        Imported imported = new Imported(options, book, known, folders.unreadable());
        ReadFiles before = ReadFiles.of(settings);
        Rollouts rollouts = new Rollouts(files);
        Map<Path, ReadFiles.State> changed = new LinkedHashMap<>();
        for (Path file : files) {
            try {
                ReadFiles.State now = ReadFiles.look(file);
                if (!options.again() && options.worker() == null && before.isUnchanged(file, now, known.workers())) {
                    imported.unchanged();
                } else {
                    changed.put(file, now);
                }
            } catch (IOException e) {
                imported.unreadable(file, Reasons.of(e));
            }
        }
        progress.begin(changed.values().stream().mapToLong(ReadFiles.State::size).sum());
        for (Map.Entry<Path, ReadFiles.State> one : changed.entrySet()) {
            if (imported.cut(mostCalls)) {
                break;
            }
            try {
                progress.begin(one.getKey());
                imported.add(one.getKey(), one.getValue(), HistoryFile.read(one.getKey(), rollouts, progress::read));
            } catch (IOException e) {
                imported.unreadable(one.getKey(), Reasons.of(e));
            }
        }
        imported.end(settings);
        return imported;
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
