package dev.tac8.conversation;

import dev.tac8.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** A launcher's folder with conversation folders. */
final class Folders {
    private final Path home;
    private String dirs = "logs";

    Folders(Path home) throws IOException {
        this.home = Files.createDirectories(home);
        Files.writeString(home.resolve(Settings.FILE), "");
        Files.createDirectories(home.resolve("logs"));
    }

    Folders named(String newDirs) {
        dirs = newDirs;
        return this;
    }

    Path path(String name) {
        return home.resolve(name);
    }

    Path write(String name, String text) throws IOException {
        return write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    Path write(String name, byte[] bytes) throws IOException {
        Files.createDirectories(path(name).getParent());
        return Files.write(path(name), bytes);
    }

    Conversation open(String logFile) throws Exception {
        return open(logFile, Instant.parse("2026-11-22T10:00:00Z"));
    }

    Conversation open(String logFile, Instant spawned) throws Exception {
        return conversations().open(logFile, spawned);
    }

    Conversations conversations() throws Exception {
        return Conversations.of(Settings.load(home, Map.of(), Map.of("tac8.conversations.dir", dirs)));
    }
}
