package dev.tac8.generation;

import dev.tac8.files.RegularFile;
import dev.tac8.files.Sha256;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The files that operators edit, in memory: {@code application.properties}, those of {@code routes/} and {@code prices/}, and those of {@code sql/} and
 * the folders in it. Equal ones have the same files with the same bytes.
 */
public final class EditedFiles {
    /** The folder of routes. */
    static final String ROUTES = "routes";
    /** The folder of statements. */
    static final String SQL = "sql";
    /** The folder of prices. */
    static final String PRICES = "prices";
    /** The most bytes of all of them; those that tac8 is delivered with are less than a fiftieth of it. */
    private static final long MOST_BYTES = 8 << 20;
    /** The most bytes of one file of routes: Camel needs half a minute for a megabyte. Those that tac8 is delivered with are less than a fiftieth of it. */
    private static final int MOST_BYTES_OF_ROUTES = 256 << 10;
    private static final int LOOKS = 20;

    private final SortedMap<String, ByteBuffer> files;

    /** @param files the bytes by the name, as in {@code sql/query/cost.sql}; the buffers are not used elsewhere */
    EditedFiles(SortedMap<String, ByteBuffer> files) {
        this.files = Collections.unmodifiableSortedMap(files);
    }

    /**
     * Reads the files as they were at one moment: two looks, one after the other, saw the same. Links are followed; hidden files, as
     * editors make them, are none of them, and neither is what is no regular file.
     *
     * @param home the folder of {@code application.properties}
     * @throws IOException in one sentence, if one cannot be read, if they are too many, or if they do not cease to change
     */
    public static EditedFiles read(Path home) throws IOException {
        EditedFiles before = look(home);
        for (int i = 1; i < LOOKS; i++) {
            EditedFiles now = look(home);
            if (now.equals(before)) {
                return now;
            }
            before = now;
        }
        throw new IOException(Settings.FILE + ", routes/, sql/ and prices/ changed at each of " + LOOKS + " looks at them, so nothing was taken: try again");
    }

    private static EditedFiles look(Path home) throws IOException {
        SortedMap<String, ByteBuffer> files = new TreeMap<>();
        add(files, home, home.resolve(Settings.FILE));
        for (Path file : visible(home.resolve(ROUTES))) {
            if (isRoutes(file.toString())) {
                add(files, home, file);
            }
        }
        for (Path file : visible(home.resolve(PRICES))) {
            if (isPrices(file.toString())) {
                add(files, home, file);
            }
        }
        for (Path file : visible(home.resolve(SQL))) {
            for (Path inside : Files.isDirectory(file) ? visible(file) : Collections.singleton(file)) {
                if (isStatement(inside.toString())) {
                    add(files, home, inside);
                }
            }
        }
        return new EditedFiles(files);
    }

    static boolean isRoutes(String name) {
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    static boolean isPrices(String name) {
        return name.endsWith(".csv");
    }

    static boolean isStatement(String name) {
        return name.endsWith(".sql");
    }

    private static SortedSet<Path> visible(Path folder) throws IOException {
        SortedSet<Path> visible = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, path -> !path.getFileName().toString().startsWith(".")
                && RegularFile.isText(path))) {
            all.forEach(visible::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Then it holds none.
        }
        return visible;
    }

    private static void add(SortedMap<String, ByteBuffer> files, Path home, Path file) throws IOException {
        try {
            if (Files.isRegularFile(file)) {
                if (isRoutes(file.toString()) && Files.size(file) > MOST_BYTES_OF_ROUTES) {
                    throw new IOException(file + " is more than " + (MOST_BYTES_OF_ROUTES >> 10) + " KiB, so nothing was taken: divide it, or move it away");
                }
                long left = MOST_BYTES - files.values().stream().mapToLong(ByteBuffer::capacity).sum();
                if (Files.size(file) > left) {
                    // One that was still being written when it was looked at may leave no room for the next.
                    String largest = files.keySet().stream().max(Comparator.comparingInt(name -> files.get(name).capacity()))
                            .filter(name -> files.get(name).capacity() > left).map(name -> home.resolve(name).toString()).orElse(file.toString());
                    throw new IOException(Settings.FILE + ", routes/, sql/ and prices/ are more than " + (MOST_BYTES >> 20) + " MiB with " + largest
                            + ", so nothing was taken: move away what is none of tac8's");
                }
                files.put(home.relativize(file).toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
            }
        } catch (NoSuchFileException e) {
            // It was removed just now.
        }
    }

    /** The names, in their order, as in {@code routes/store.camel.yaml}. */
    public SortedSet<String> names() {
        return new TreeSet<>(files.keySet());
    }

    /** The bytes of a file, a copy; null if there is no such file. */
    public byte[] bytes(String name) {
        ByteBuffer bytes = files.get(name);
        return bytes == null ? null : bytes.array().clone();
    }

    /** A file as text; null if there is no such file. */
    public String text(String name) {
        ByteBuffer bytes = files.get(name);
        return bytes == null ? null : new String(bytes.array(), StandardCharsets.UTF_8);
    }

    /** A sentence for each file of routes, statements or prices that is not UTF-8, the form in which everything reads them. */
    public List<String> notUtf8() {
        List<String> not = new ArrayList<>();
        files.forEach((name, bytes) -> {
            ByteBuffer read = bytes.duplicate();
            if (!name.equals(Settings.FILE) && StandardCharsets.UTF_8.newDecoder().decode(read, CharBuffer.allocate(bytes.capacity()), true).isError()) {
                long line = 1 + new String(bytes.array(), 0, read.position(), StandardCharsets.UTF_8).chars().filter(c -> c == '\n').count();
                not.add(name + ", line " + line + ": a character that is not UTF-8: have your editor save the file in UTF-8");
            }
        });
        return not;
    }

    /** The names of the files that were added, removed or changed since the others. */
    public SortedSet<String> changedFrom(EditedFiles other) {
        SortedSet<String> changed = names();
        changed.addAll(other.files.keySet());
        changed.removeIf(name -> Objects.equals(files.get(name), other.files.get(name)));
        return changed;
    }

    /** Writes the files into a folder, which is made if it is missing; what else is in it stays. */
    public void writeTo(Path folder) throws IOException {
        for (String name : files.keySet()) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, files.get(name).array());
        }
    }

    /** The hash of all names and bytes. */
    public String hash() {
        MessageDigest digest = Sha256.begin();
        files.forEach((name, bytes) -> {
            digest.update((name + '\0' + bytes.capacity() + '\0').getBytes(StandardCharsets.UTF_8));
            digest.update(bytes.array());
        });
        return Sha256.end(digest);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EditedFiles edited && files.equals(edited.files);
    }

    @Override
    public int hashCode() {
        return files.hashCode();
    }

    @Override
    public String toString() {
        return files.size() + " files, " + hash();
    }
}
