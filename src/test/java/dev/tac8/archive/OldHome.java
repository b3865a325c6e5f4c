package dev.tac8.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.Home;
import dev.tac8.conversation.Conversations;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** A folder with old files in it, and a marked external volume; the files are moved in this process or in one of its own. */
public final class OldHome {
    /** Of a process that ended itself. */
    static final int EXIT_CODE = 99;
    private static final JsonMapper JSON = new JsonMapper();

    private final Path home;
    private final Map<String, String> overrides = new TreeMap<>();

    public OldHome(Path home) throws Exception {
        this.home = home;
        Files.createDirectories(path("logs"));
        Files.createDirectories(path("var/spool/done"));
        Files.createDirectories(path("var/external"));
        Files.writeString(path(Settings.FILE), "");
        volume().mark();
    }

    public OldHome set(String key, Object value) {
        overrides.put(key, value.toString());
        return this;
    }

    public Path path(String name) {
        return home.resolve(name);
    }

    public Settings settings() throws Exception {
        return Settings.load(home, Map.of(), overrides);
    }

    Volume volume() throws Exception {
        return Volume.of(settings(), "external", settings().path(Setting.EXTERNAL_DIR));
    }

    /** Writes a file that nobody has touched since. */
    public Path write(String name, String text, Instant modified) throws IOException {
        Files.createDirectories(path(name).getParent());
        Files.writeString(path(name), text);
        return touch(path(name), modified);
    }

    public static Path touch(Path file, Instant modified) throws IOException {
        return Files.setLastModifiedTime(file, FileTime.from(modified));
    }

    static Instant daysAgo(int days) {
        return Instant.now().minus(Duration.ofDays(days));
    }

    OldFiles.Done move(String... named) throws Exception {
        return move(step -> { }, named);
    }

    OldFiles.Done move(Consumer<FileArchive.Step> steps, String... named) throws Exception {
        return files(settings(), steps).move(Set.of(named));
    }

    private static OldFiles files(Settings settings, Consumer<FileArchive.Step> steps) {
        return new OldFiles(() -> settings, Volume.of(settings, "external", settings.path(Setting.EXTERNAL_DIR)),
                Conversations.of(settings)::places, () -> false, steps);
    }

    /** Moves what is old. */
    public static void move(Settings settings) throws Exception {
        files(settings, step -> { }).move(Set.of());
    }

    /** Moves in a process of its own, which ends itself without tidying up when a step is done for the so-manieth time, if one is named. */
    public static List<String> command(Path home, String step, int pass, String... options) {
        return Home.java(Stream.concat(Stream.of("-XX:+ExitOnOutOfMemoryError"), Stream.of(options)).toList(), OldHome.class, home.toString(), step,
                "" + pass);
    }

    public static void main(String[] args) throws Exception {
        AtomicInteger passed = new AtomicInteger();
        System.out.println("begun");
        try {
            System.out.println(files(Settings.load(Path.of(args[0]), Map.of(), Map.of()), step -> {
                if (step.name().equals(args[1]) && passed.incrementAndGet() == Integer.parseInt(args[2])) {
                    Runtime.getRuntime().halt(EXIT_CODE);
                }
            }).move(Set.of()));
        } catch (dev.tac8.store.StoreException e) {
            System.out.println(e.getMessage());
            System.exit(3);
        }
    }

    /** The manifest's lines of a month. */
    List<JsonNode> manifest(String folder) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(path("var/external").resolve(folder).resolve("manifest.jsonl"))) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    /**
     * What there is of each path, as hashes of contents: in its place, and in the archive by the manifests.
     */
    public static Map<String, Set<String>> contents(Path home, Path external) throws Exception {
        Map<String, Set<String>> contents = new TreeMap<>();
        for (String folder : List.of("logs", "var/spool/done")) {
            for (Path file : files(home.resolve(folder))) {
                add(contents, home.relativize(file).toString(), sha256(Files.readAllBytes(file)));
            }
        }
        for (Path manifest : files(external)) {
            if (!manifest.endsWith("manifest.jsonl")) {
                continue;
            }
            String text = Files.readString(manifest);
            // A line that is torn counts for nothing.
            for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                JsonNode listed = JSON.readTree(line);
                byte[] bytes = gunzip(manifest.resolveSibling(listed.get("file").asText()));
                assertThat(sha256(bytes)).isEqualTo(listed.get("sha256").asText());
                add(contents, pathInHome(listed.get("path").asText()), sha256(bytes));
            }
        }
        return contents;
    }

    private static String pathInHome(String path) {
        return path.substring(Math.max(path.lastIndexOf("/logs/"), path.lastIndexOf("/var/spool/done/")) + 1);
    }

    private static void add(Map<String, Set<String>> contents, String path, String hash) {
        contents.computeIfAbsent(path, key -> new TreeSet<>()).add(hash);
    }

    public static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
        }
    }

    private static byte[] gunzip(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }

    /** By the system's own tool. */
    public static byte[] zcat(Path file) throws Exception {
        Process zcat = new ProcessBuilder("gzip", "-dc", file.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (InputStream in = zcat.getInputStream()) {
            byte[] bytes = in.readAllBytes();
            assertThat(zcat.waitFor()).as("gzip -dc " + file).isZero();
            return bytes;
        }
    }

    public static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
