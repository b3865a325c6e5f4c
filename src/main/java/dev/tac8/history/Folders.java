package dev.tac8.history;

import dev.tac8.store.Reasons;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Where agents keep their files, by the variables that they themselves go by. */
final class Folders {
    private final Map<String, String> environment;
    private final Path home;
    private final SortedMap<String, String> unreadable = new TreeMap<>();

    /** @param environment that of the agents */
    Folders(Map<String, String> environment) {
        this.environment = environment;
        this.home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")));
    }

    /** All files of an agent in its own folders. */
    Set<Path> of(String agent) {
        Set<Path> folders = new LinkedHashSet<>();
        switch (agent) {
            case ClaudeLines.AGENT:
                List<Path> roots = new ArrayList<>();
                for (String root : environment.getOrDefault("CLAUDE_CONFIG_DIR", "").split(",")) {
                    if (!root.isBlank()) {
                        roots.add(path(root.strip()));
                    }
                }
                roots.addAll(List.of(home.resolve(".claude"), home.resolve(".config/claude")));
                roots.forEach(root -> folders.add(root.resolve("projects")));
                break;
            case CodexRollout.AGENT:
                Path codex = named("CODEX_HOME", ".codex");
                folders.addAll(List.of(codex.resolve("sessions"), codex.resolve("archived_sessions")));
                break;
            default:
                Path gemini = named("GEMINI_CLI_HOME", ".gemini");
                folders.addAll(List.of(gemini.resolve("tmp"), gemini.resolve(".gemini/tmp")));
                break;
        }
        return files(folders);
    }

    private Path named(String variable, String fallback) {
        String named = environment.getOrDefault(variable, "");
        return named.isBlank() ? home.resolve(fallback) : path(named);
    }

    private Path path(String name) {
        return name.equals("~") || name.startsWith("~/") ? home.resolve(name.substring(Math.min(2, name.length()))) : Path.of(name);
    }

    /** These files, and those below these folders; a folder that is not there has none. */
    Set<Path> files(Iterable<Path> some) {
        Set<Path> files = new LinkedHashSet<>();
        for (Path one : some) {
            try {
                Path real = one.toRealPath();
                if (Files.isDirectory(real)) {
                    walk(real, files);
                } else {
                    files.add(real);
                }
            } catch (IOException e) {
                if (Files.exists(one)) {
                    unreadable.put(one.toString(), Reasons.of(e));
                }
            }
        }
        return files;
    }

    private void walk(Path root, Set<Path> files) throws IOException {
        Set<Path> sorted = new java.util.TreeSet<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.getFileName().toString();
                if (attributes.isRegularFile() && (name.endsWith(".jsonl") || name.endsWith(".json") && file.getParent().endsWith("chats"))) {
                    sorted.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                unreadable.put(file.toString(), Reasons.of(failure));
                return FileVisitResult.CONTINUE;
            }
        });
        files.addAll(sorted);
    }

    /** Whether two files tell of one session by their places: Claude keeps a session's sub-agents in a folder beside its file. */
    static boolean isOfOneSession(Path file, Path other) {
        return session(file).equals(session(other));
    }

    private static Path session(Path file) {
        for (Path folder = file; folder != null; folder = folder.getParent()) {
            Path name = folder.getFileName();
            if (name != null && name.toString().equals("subagents")) {
                return folder.getParent();
            }
        }
        String name = file.getFileName().toString();
        return name.lastIndexOf('.') > 0 ? file.resolveSibling(name.substring(0, name.lastIndexOf('.'))) : file;
    }

    /** What could not be looked at, and why. */
    SortedMap<String, String> unreadable() {
        return unreadable;
    }
}
