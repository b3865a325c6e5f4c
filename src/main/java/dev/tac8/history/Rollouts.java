package dev.tac8.history;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Threads of Codex in the files that are read, and in those beside them. */
final class Rollouts implements Threads {
    private static final List<String> FOLDERS = List.of("sessions", "archived_sessions");
    /** Of so many files each lies among those that it belongs to, under its own name. */
    private static final int MANY = 100;
    /** Of year, month, day and file. */
    private static final int DEPTH = 4;

    private final Collection<Path> files;
    private final Map<String, Turns> known = new HashMap<>();
    private Map<String, Path> byThread;

    /** @param files all that are read */
    Rollouts(Collection<Path> files) {
        this.files = files;
    }

    @Override
    public Turns turns(String thread) {
        if (byThread == null) {
            byThread = index();
        }
        Path file = byThread.containsKey(thread) ? byThread.get(thread) : elsewhere(thread);
        return file == null ? null : known.computeIfAbsent(thread, name -> read(file));
    }

    /** In the folders of other days, by its name. */
    private Path elsewhere(String thread) {
        Set<Path> homes = new LinkedHashSet<>();
        for (Path file : files) {
            for (Path folder = file.getParent(); folder != null; folder = folder.getParent()) {
                if (FOLDERS.contains(String.valueOf(folder.getFileName()))) {
                    homes.add(folder.getParent());
                }
            }
        }
        for (Path home : homes) {
            for (String folder : FOLDERS) {
                try (Stream<Path> found = Files.find(home.resolve(folder), DEPTH, (path, kind) -> path.toString().endsWith("-" + thread + ".jsonl"))) {
                    Path first = found.findFirst().orElse(null);
                    if (first != null) {
                        return first;
                    }
                } catch (IOException | UncheckedIOException e) {
                    // Then it is not found there.
                }
            }
        }
        return null;
    }

    private Map<String, Path> index() {
        Map<String, Path> index = new HashMap<>();
        Set<Path> all = new LinkedHashSet<>(files);
        for (Path folder : new LinkedHashSet<>(files.stream().map(Path::getParent).toList())) {
            try (DirectoryStream<Path> beside = Files.newDirectoryStream(folder, files.size() > MANY ? "rollout-*.jsonl" : "*.jsonl")) {
                beside.forEach(all::add);
            } catch (IOException e) {
                // Then only what is read is known.
            }
        }
        for (Path file : all) {
            try {
                HistoryFile.objects(file, line -> {
                    String thread = Values.text(line.path("payload").path("id"));
                    if ("session_meta".equals(Values.text(line.path("type"))) && thread != null) {
                        index.putIfAbsent(thread, file);
                    }
                    return false;
                });
            } catch (IOException e) {
                // It is said where it is read.
            }
        }
        return index;
    }

    private static Turns read(Path file) {
        Turns turns = new Turns(new HashSet<>(), new HashSet<>());
        try {
            HistoryFile.objects(file, line -> {
                JsonNode payload = line.path("payload");
                String turn = "turn_context".equals(Values.text(line.path("type"))) ? Values.text(payload.path("turn_id")) : null;
                if (turn != null) {
                    turns.ids().add(turn);
                }
                JsonNode total = payload.path("info").path("total_token_usage");
                if (total.isObject()) {
                    turns.totals().add(CodexRollout.total(total));
                }
                return true;
            });
        } catch (IOException e) {
            // What was read of it counts.
        }
        return turns;
    }
}
