package dev.tac8.command;

import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A question that another process, a launcher, asks this one, in a folder that only their user may look into. A line announces it; what was
 * typed, and in which environment, the kernel says ({@code /proc}), so that any text of any length arrives as it is.
 *
 * @param folder   holds a pipe of the launcher's, which is named by its process id, and what is answered
 * @param id       the process id of the launcher
 * @param words    how many words of its command line are the question
 * @param together whether its standard output and standard error are the same
 * @param plain    whether it has changed its locale to {@code C.UTF-8}
 */
record Request(Path folder, long id, int words, boolean terminal, boolean colour, int columns, boolean together, boolean plain) {
    private static final Path PROC = Path.of("/proc");
    private static final Path SELF = PROC.resolve("self");
    /** The descriptor by which the launcher holds its pipe. */
    private static final String PIPE = "fd/7";
    /** Variables that may change an answer, and that only a process of its own can obey. */
    private static final Pattern OF_THE_PROCESS = Pattern.compile("LANG|LANGUAGE|LC_.*|TZ|TZDIR|TMPDIR|LD_.*|MALLOC_.*|GLIBC_.*|SQLITE_.*");
    /** What the process may do: both must be allowed the same. */
    private static final Pattern RIGHTS = Pattern.compile("(Uid|Gid|Groups|CapEff):.*");
    /** What a process has for itself: help is fitted to its terminal, a pager runs on it, and only it can go on until Ctrl-C. */
    private static final Pattern OWN = Pattern.compile("-[^D-].*|--(help|version|follow|file)\\b.*", Pattern.DOTALL);
    private static final Duration BEGINNING = Duration.ofSeconds(2);
    private static final String CONVERSATION = "--show-conversation";
    private static final List<Path> ZONES = List.of(Path.of("/etc/localtime"), Path.of("/usr/share/zoneinfo"));

    /** The request that a line announces, whose words are all there or it is none. */
    static Request of(Path folder, String line) {
        String[] words = line.split(" ");
        if (words.length != 7) {
            throw new IllegalArgumentException(line);
        }
        return new Request(folder, Long.parseLong(words[0]), Integer.parseInt(words[1]), Boolean.parseBoolean(words[2]),
                Boolean.parseBoolean(words[3]), Integer.parseInt(words[4]), Boolean.parseBoolean(words[5]), Boolean.parseBoolean(words[6]));
    }

    /** Whether the launcher still waits, and is the process that it says it is. */
    boolean isThere() {
        return isThere(folder, String.valueOf(id));
    }

    private static boolean isThere(Path folder, String id) {
        try {
            return Files.isSameFile(PROC.resolve(id).resolve(PIPE), folder.resolve(id));
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes the question up: the file that will hold the answer is there. */
    void accept() throws IOException {
        Files.createFile(file("out"));
    }

    /** Leaves the question to the launcher. */
    void decline() throws IOException {
        Files.deleteIfExists(file("out"));
        wake();
    }

    /** Answers: the file is named by the exit code as soon as it is whole. */
    void answer(int code, byte[] out, byte[] err) throws IOException {
        if (err.length > 0) {
            Files.write(file("err"), err);
        }
        Files.write(file("out"), out);
        Files.move(file("out"), file(String.valueOf(code)));
        wake();
    }

    private Path file(String end) {
        return folder.resolve(id + "." + end);
    }

    /** To read, too: then a pipe whose launcher has gone does not block. */
    private void wake() throws IOException {
        try (FileChannel pipe = FileChannel.open(folder.resolve(String.valueOf(id)), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            pipe.write(ByteBuffer.wrap(new byte[] {'\n'}));
        } catch (NoSuchFileException e) {
            // The launcher looks by itself, too.
        }
    }

    /** Removes what launchers have left, except from one that has only just begun. */
    static void sweep(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "[0-9]*")) {
            for (Path file : files) {
                if (!isThere(folder, file.getFileName().toString().replaceFirst("\\..*", ""))
                        && Files.getLastModifiedTime(file).toInstant().isBefore(Instant.now().minus(BEGINNING))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            // It has just been removed.
        }
    }

    /** What was typed; null if it is not a question, or one that only the launcher's own process can answer. */
    String[] question() throws IOException {
        List<String> all = texts("cmdline");
        String[] question = all.subList(all.size() - words, all.size()).toArray(String[]::new);
        boolean isOwn = Arrays.stream(question).anyMatch(word -> OWN.matcher(word).matches() || terminal && word.startsWith(CONVERSATION));
        return isOwn || !Tac8.isQuestion(question[0]) ? null : question;
    }

    /** The environment; null if it has something that this process has otherwise. */
    Map<String, String> environment() throws IOException {
        Map<String, String> environment = new HashMap<>();
        for (String variable : texts("environ")) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                environment.putIfAbsent(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        if (plain) {
            environment.put("LC_ALL", "C.UTF-8");
        }
        return ofTheProcess(environment).equals(ofTheProcess(System.getenv())) ? environment : null;
    }

    private static Map<String, String> ofTheProcess(Map<String, String> environment) {
        Map<String, String> some = new TreeMap<>(environment);
        some.keySet().removeIf(name -> !OF_THE_PROCESS.matcher(name).matches());
        return some;
    }

    /** Whether the launcher's process may do the same as this one, and finds the same folders where the settings say. */
    boolean seesTheSame(Map<String, String> environment) throws IOException {
        Path process = PROC.resolve(String.valueOf(id));
        if (!rights(process).equals(rights(SELF))) {
            return false;
        }
        Path root = process.resolve("root");
        if (Files.readSymbolicLink(process.resolve("ns/mnt")).equals(Files.readSymbolicLink(SELF.resolve("ns/mnt")))) {
            return Files.isSameFile(root, Path.of("/"));
        }
        if (Arrays.stream(question()).anyMatch(word -> word.startsWith("-D"))) {
            return false;
        }
        Map<Path, Mount> here = mounts(SELF);
        Map<Path, Mount> there = mounts(process);
        for (Path folder : folders(environment)) {
            if (!isSame(root, folder)) {
                return false;
            }
            Path real = folder.toRealPath();
            Stream<Path> below = Stream.of(here, there).flatMap(mounts -> mounts.keySet().stream()).filter(point -> point.startsWith(real));
            if (!Stream.concat(Stream.of(real), below).allMatch(path -> at(path, here).equals(at(path, there)))) {
                return false;
            }
        }
        return true;
    }

    /** What is mounted: a folder of a device. */
    private record Mount(String device, Path folder) {
    }

    /** What a process sees mounted, by where. */
    private static Map<Path, Mount> mounts(Path process) throws IOException {
        Map<Path, Mount> mounts = new HashMap<>();
        for (String line : Files.readAllLines(process.resolve("mountinfo"))) {
            String[] fields = line.split(" ");
            // The last one of a place covers those before it.
            mounts.put(path(fields[4]), new Mount(fields[2], path(fields[3])));
        }
        return mounts;
    }

    private static Path path(String field) {
        return Path.of(field.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\"));
    }

    private static Mount at(Path path, Map<Path, Mount> mounts) {
        Path point = path;
        while (!mounts.containsKey(point)) {
            point = point.getParent();
        }
        Mount mount = mounts.get(point);
        return new Mount(mount.device(), mount.folder().resolve(point.relativize(path).toString()));
    }

    private static List<Path> folders(Map<String, String> environment) throws IOException {
        try {
            Settings settings = Settings.load(Tac8.home(), environment, Map.of());
            List<Path> folders = new ArrayList<>(ZONES);
            folders.addAll(List.of(settings.home(), settings.path(Setting.SPOOL_DIR), settings.path(Setting.EXTERNAL_DIR),
                    settings.path(Setting.LOCAL_DIR)));
            folders.addAll(settings.paths(Setting.CONVERSATIONS_DIR));
            return folders;
        } catch (SettingsException e) {
            throw new IOException(e);
        }
    }

    private static boolean isSame(Path root, Path folder) throws IOException {
        try {
            // As another process sees it, a link would lead to where this one sees it.
            Path real = folder.toRealPath();
            return Files.isSameFile(root.resolve(real.toString().substring(1)), real);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static Set<String> rights(Path process) throws IOException {
        try (Stream<String> lines = Files.lines(process.resolve("status"))) {
            return Set.copyOf(lines.filter(line -> RIGHTS.matcher(line).matches()).toList());
        }
    }

    /** @throws CharacterCodingException if one is not text: Java replaces what is wrong, and in which way, its own process shows */
    private List<String> texts(String file) throws IOException {
        byte[] bytes = Files.readAllBytes(PROC.resolve(String.valueOf(id)).resolve(file));
        List<String> texts = new ArrayList<>();
        for (int from = 0, i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                texts.add(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, i - from)).toString());
                from = i + 1;
            }
        }
        return texts;
    }
}
