package dev.tac8.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A trap of agents' files: what they hold, and what must be counted, in {@code src/test/resources/money}. */
public record Vector(Path folder, JsonNode expect) {
    private static final Pattern OWN = Pattern.compile("\\b(?:11111111|22222222|33333333|aaaaaaaa|019c8a70|019c8a71|5f0c6f6e)-");
    public static final Path ALL = Path.of("src/test/resources/money");

    /** All of them. */
    public static Stream<Vector> all() {
        try (Stream<Path> folders = Files.list(ALL)) {
            return folders.filter(Files::isDirectory).sorted().map(Vector::of).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Vector of(Path folder) {
        try {
            return new Vector(folder, new ObjectMapper().readTree(folder.resolve("expect.json").toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What tells its sessions and lines from those of the others: each was made as if it were alone. */
    private String apart(String text) {
        String number = folder.getFileName().toString().substring(0, 2);
        return OWN.matcher(text).replaceAll(found -> number + found.group().substring(2));
    }

    /** What must be counted if its files are laid apart from those of others. */
    public JsonNode expectApart() {
        try {
            return new ObjectMapper().readTree(apart(expect.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lays its files below a folder, with names and content that no other trap has. */
    public List<Path> layApart(Path below) throws IOException {
        List<Path> laid = new ArrayList<>();
        for (Path file : lay(below.resolve("as-it-is"))) {
            Path path = below.resolve(apart(below.resolve("as-it-is").relativize(file).toString()));
            FileTime modified = Files.getLastModifiedTime(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, apart(Files.readString(file)));
            Files.setLastModifiedTime(path, modified);
            Files.delete(file);
            laid.add(path);
        }
        return laid;
    }

    /** What a coordinator has logged meanwhile, apart from others; empty if nothing. */
    public List<String> liveApart() throws IOException {
        return live() == null ? List.of() : apart(Files.readString(live())).lines().toList();
    }

    /** Lays its files below a folder, as an agent would. */
    public List<Path> lay(Path below) throws IOException {
        List<Path> laid = new ArrayList<>();
        for (Path file : files("input*.json*")) {
            String name = file.getFileName().toString();
            String real = expect.path("given").path("files").path(name).asText(name);
            Path path = below.resolve(real);
            Files.createDirectories(path.getParent());
            Files.copy(file, path);
            JsonNode modified = expect.path("given").path("modified");
            if (modified.isTextual()) {
                Files.setLastModifiedTime(path, FileTime.from(Instant.parse(modified.asText())));
            }
            laid.add(path);
        }
        return laid;
    }

    private List<Path> files(String glob) throws IOException {
        List<Path> files = new ArrayList<>();
        try (var found = Files.newDirectoryStream(folder, glob)) {
            found.forEach(files::add);
        }
        files.sort(null);
        return files;
    }

    /** The file that a coordinator has dropped into the spool, or null. */
    public Path live() {
        Path live = folder.resolve("live.jsonl");
        return Files.exists(live) ? live : null;
    }

    @Override
    public String toString() {
        return folder.getFileName().toString();
    }
}
