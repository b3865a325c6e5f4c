package dev.tac8.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.files.OpenFolder;
import dev.tac8.files.OwnFolder;
import dev.tac8.files.UntrustedException;
import dev.tac8.store.Reasons;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last generations that were in force, each a folder of plain files in the spool's own folder: {@code .tac8/generations/000007/}. Whoever
 * keeps one holds the spool, so there is one at a time; anybody may read.
 */
public final class Generations {
    /** How many are kept; older ones are removed. */
    public static final int KEPT = 20;
    private static final Logger LOG = LoggerFactory.getLogger("generations");
    private static final JsonMapper JSON = new JsonMapper();
    private static final String FOLDER = "generations";
    /** What the last rollback has replaced. */
    private static final String REPLACED = "replaced";
    /** What a generation says of itself, beside its files. */
    private static final String ABOUT = "generation.json";
    private static final int MOST_ABOUT_BYTES = 1 << 20;
    /** One that is being written or removed. */
    private static final String PART = "part";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{6,9}");

    private final OwnFolder own;

    private Generations(Path spool) {
        own = OwnFolder.of(spool);
    }

    /** Those of a spool, which need not be there. */
    public static Generations of(Path spool) {
        return new Generations(spool);
    }

    /**
     * Keeps what is in force from now on, so that it outlives a power cut; if this fails or is killed, all is as before. What was kept last, by
     * this build and with the same files, is not kept twice.
     *
     * @param cause what it came from, as in {@code edit}
     * @return what was kept
     * @throws IOException in one sentence, if it cannot be kept, such as on a full disk
     */
    public synchronized Generation keep(EditedFiles files, String cause) throws IOException {
        try {
            return keepNow(files, cause);
        } catch (IOException e) {
            throw new IOException("what is in force now cannot be kept in " + path() + ": " + Reasons.of(e, path()), e);
        }
    }

    private Generation keepNow(EditedFiles files, String cause) throws IOException {
        own.create();
        try (OpenFolder around = own.open(); OpenFolder all = around.make(FOLDER)) {
            around.force();
            all.deleteAll(PART);
            List<Integer> numbers = numbers();
            Generation former = numbers.stream().flatMap(number -> about(all, number, false).stream()).findFirst().orElse(null);
            EditedFiles before = former == null ? null : whole(former);
            if (before != null && former.build().equals(Build.id()) && former.hash().equals(files.hash())) {
                return former;
            }
            int number = numbers.isEmpty() ? 1 : numbers.get(0) + 1;
            Generation generation = new Generation(number, Instant.now().truncatedTo(ChronoUnit.MILLIS), Build.id(), folder(number), cause,
                    before == null ? List.of() : List.copyOf(files.changedFrom(before)), files.hash());
            try (OpenFolder part = all.make(PART)) {
                write(part, path().resolve(PART), files, "", before == null ? null : new Former(former.folder(), before));
                write(part, ABOUT, ByteBuffer.wrap(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(toJson(generation))));
                part.force();
                all.move(Path.of(PART), all, Path.of(name(number)));
                all.force();
            } catch (IOException e) {
                removePart(all, e);
                throw e;
            }
            for (int old : numbers.subList(Math.min(KEPT - 1, numbers.size()), numbers.size())) {
                // It leaves as a whole, too.
                all.move(Path.of(name(old)), all, Path.of(PART));
                all.deleteAll(PART);
            }
            return generation;
        }
    }

    /**
     * Keeps files that are about to be written over, in the place of those that were kept so before.
     *
     * @return their folder
     * @throws IOException in one sentence, if they cannot be kept
     */
    public Path putAside(EditedFiles files) throws IOException {
        Path folder = path().resolve(REPLACED);
        try {
            own.create();
            try (OpenFolder around = own.open(); OpenFolder all = around.make(FOLDER)) {
                all.deleteAll(REPLACED);
                try (OpenFolder replaced = all.make(REPLACED)) {
                    write(replaced, folder, files, "", null);
                }
            }
            return folder;
        } catch (IOException e) {
            throw new IOException("what is to be replaced cannot be kept in " + folder + ", so nothing was changed: " + Reasons.of(e, folder), e);
        }
    }

    private static void removePart(OpenFolder all, IOException failure) {
        try {
            all.deleteAll(PART);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** What was kept before, whose files need not be written once more. */
    private record Former(Path folder, EditedFiles files) {
    }

    /**
     * Writes the files of a folder and of those in it. To force a file to the disk takes as long as it has others to wait for, and there are a hundred: what
     * has not changed is another name of the file that was kept before.
     *
     * @param before the beginning of their names, as in {@code sql/query/}
     * @param path   of the folder
     */
    private static void write(OpenFolder folder, Path path, EditedFiles files, String before, Former former) throws IOException {
        SortedSet<String> folders = new TreeSet<>();
        for (String name : files.names().tailSet(before)) {
            String rest = name.startsWith(before) ? name.substring(before.length()) : "";
            if (rest.contains("/")) {
                folders.add(rest.substring(0, rest.indexOf('/')));
            } else if (!rest.isEmpty() && !(former != null && Arrays.equals(files.bytes(name), former.files.bytes(name))
                    && isLinked(path.resolve(rest), former.folder.resolve(name)))) {
                write(folder, rest, ByteBuffer.wrap(files.bytes(name)));
            }
        }
        for (String name : folders) {
            try (OpenFolder inside = folder.make(name)) {
                write(inside, path.resolve(name), files, before + name + "/", former);
            }
        }
        folder.force();
    }

    private static boolean isLinked(Path file, Path other) {
        try {
            Files.createLink(file, other);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            // Not every file system can.
            return false;
        }
    }

    private static void write(OpenFolder folder, String name, ByteBuffer bytes) throws IOException {
        try (FileChannel out = folder.open(Path.of(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    /**
     * The last one that this build had in force and whose files are whole. One that is not is passed over, which is logged in a sentence.
     *
     * @return nothing after an update of tac8, after which no generation is known to work, or if none can be read
     */
    public Optional<Generation> latest() {
        try {
            return history().stream().filter(generation -> generation.build().equals(Build.id())).filter(generation -> whole(generation) != null).findFirst();
        } catch (UntrustedException e) {
            // Whoever takes the spool, or keeps the next one, says it.
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("the generations in {} cannot be read, so none is known to work: {}", path(), Reasons.of(e, path()));
            return Optional.empty();
        }
    }

    /**
     * Those that are kept, of any build, newest first; one that does not say what it is, is passed over, which is logged in a sentence.
     *
     * @throws IOException if they cannot be read
     */
    public List<Generation> history() throws IOException {
        List<Generation> history = new ArrayList<>();
        List<Integer> numbers = numbers();
        if (!numbers.isEmpty()) {
            try (OpenFolder all = open()) {
                numbers.forEach(number -> about(all, number, true).ifPresent(history::add));
            }
        }
        return history;
    }

    /** The files of a generation; null if they are not whole. */
    private static EditedFiles whole(Generation generation) {
        try {
            return generation.files();
        } catch (IOException e) {
            LOG.warn("generation {} is passed over: {}", generation.number(), Reasons.of(e));
            return null;
        }
    }

    /** The folder of all, for messages. */
    private Path path() {
        return own.path().resolve(FOLDER);
    }

    private Path folder(int number) {
        return path().resolve(name(number));
    }

    private static String name(int number) {
        return String.format(Locale.ROOT, "%06d", number);
    }

    private OpenFolder open() throws IOException {
        try (OpenFolder around = own.open()) {
            return around.own(FOLDER);
        }
    }

    /** Greatest first. */
    private List<Integer> numbers() throws IOException {
        try (OpenFolder all = open()) {
            return all.names().stream().map(Path::toString).filter(name -> NUMBER.matcher(name).matches()).map(Integer::valueOf)
                    .sorted(Collections.reverseOrder()).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private Optional<Generation> about(OpenFolder all, int number, boolean say) {
        try (OpenFolder folder = all.own(name(number))) {
            JsonNode json = JSON.readTree(read(folder, ABOUT, MOST_ABOUT_BYTES).array());
            if (json.path("number").asInt() != number || !json.path("build").isTextual() || !json.path("hash").isTextual()) {
                throw new IOException(ABOUT + " in it says something else");
            }
            List<String> changed = new ArrayList<>();
            json.path("changed").forEach(name -> changed.add(name.asText()));
            return Optional.of(new Generation(number, Instant.parse(json.path("since").asText()), json.path("build").asText(), folder(number),
                    json.path("cause").asText(), changed, json.path("hash").asText()));
        } catch (IOException | DateTimeException e) {
            if (say) {
                LOG.warn("{} is damaged or none of tac8's, so it is passed over: {}", folder(number), Reasons.of(e, folder(number)));
            }
            return Optional.empty();
        }
    }

    private static ObjectNode toJson(Generation generation) {
        ObjectNode json = JSON.createObjectNode().put("number", generation.number()).put("since", generation.since().toString())
                .put("build", generation.build()).put("cause", generation.cause()).put("hash", generation.hash());
        generation.changed().forEach(json.putArray("changed")::add);
        return json;
    }

    /** Reads the files of one, never through a link. */
    static EditedFiles read(Generation generation) throws IOException {
        SortedMap<String, ByteBuffer> files = new TreeMap<>();
        Path spool = generation.folder().getParent().getParent().getParent();
        try (OpenFolder all = new Generations(spool).open(); OpenFolder folder = all.own(name(generation.number()))) {
            add(files, folder, "", 0);
        }
        files.remove(ABOUT);
        EditedFiles read = new EditedFiles(files);
        if (!read.hash().equals(generation.hash())) {
            throw new FileSystemException(generation.folder().toString(), null, "its files are not those that were kept");
        }
        return read;
    }

    private static void add(SortedMap<String, ByteBuffer> files, OpenFolder folder, String before, int depth) throws IOException {
        for (Path name : folder.names()) {
            if (!folder.attributes(name).isDirectory()) {
                files.put(before + name, read(folder, name.toString(), Integer.MAX_VALUE - 1));
            } else if (depth < 2) {
                try (OpenFolder inside = folder.own(name.toString())) {
                    add(files, inside, before + name + "/", depth + 1);
                }
            }
        }
    }

    private static ByteBuffer read(OpenFolder folder, String name, int most) throws IOException {
        try (InputStream in = Channels.newInputStream(folder.open(Path.of(name), StandardOpenOption.READ))) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new IOException(name + " in it is longer than anything that tac8 writes there");
            }
            return ByteBuffer.wrap(bytes);
        }
    }
}
