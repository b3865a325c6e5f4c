package dev.tac8.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.store.Blame;
import dev.tac8.store.Reasons;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.ExchangeException;

/**
 * The folder of lines that are no records: one file for each spool file with bad lines, to be read and mended with any editor.
 *
 * <p>A bad line stands there byte for byte as it came, under a line {@code #HASH {"file":...,"line":...,"offset":...,
 * "length":...,"field":...,"reason":...}}. HASH is that of the spool file, which no line inside that file can hold by chance, so
 * the two kinds of line are never mistaken for each other. The hash is in the name too: the same content, delivered again under
 * any name or read again after a crash, is set aside once.
 */
public final class Quarantine {
    private static final String SUFFIX = ".bad";
    private static final JsonMapper JSON = new JsonMapper();

    private final Path dir;
    private final Path replayed;

    /** @param dir on the spool's file system */
    public Quarantine(Path dir) {
        this.dir = dir;
        this.replayed = dir.resolve("replayed");
    }

    /** Creates the folders where they are missing. */
    void create() throws IOException {
        Files.createDirectories(replayed);
    }

    /**
     * Sets a chunk's bad lines aside, and counts the chunk. They count once {@link #publish} has run; until then a repeat overwrites them.
     *
     * @throws IOException if they cannot be written, or the chunk is not stored; a repeat is safe
     */
    public void append(Chunk chunk) throws IOException {
        SpoolFile file = chunk.file();
        if (!chunk.badLines().isEmpty()) {
            try (FileChannel in = FileChannel.open(file.path(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                 FileChannel out = FileChannel.open(part(file), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                out.truncate(file.quarantineBytes());
                out.position(file.quarantineBytes());
                for (BadLine line : chunk.badLines()) {
                    write(out, header(file, line));
                    copy(in, line, out);
                    write(out, "\n");
                }
                file.quarantineBytes(out.position());
            }
        }
        chunk.complete();
    }

    /**
     * Has the one record of a chunk set aside, because the store refuses it.
     *
     * @throws Exception the failure itself, if the record has no part in it
     */
    public void refuse(Chunk record, @ExchangeException Exception failure) throws Exception {
        Blame.requireRow(failure);
        record.refuse("the store refuses it: " + Reasons.of(failure));
    }

    /**
     * Publishes a file's bad lines, all of which have been {@link #append appended}. Where the same content was set aside
     * before, that stays: somebody may be mending it.
     */
    public void publish(SpoolFile file) throws IOException {
        Path part = part(file);
        if (file.quarantineBytes() == 0 || isKnown(file)) {
            Files.deleteIfExists(part);
            file.published();
            return;
        }
        try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        Files.move(part, dir.resolve(Names.fitting("", file.name(), "-" + file.hash() + SUFFIX)), StandardCopyOption.ATOMIC_MOVE);
        Names.force(dir);
        file.published();
    }

    /** The quarantine files, in name order. */
    public List<Path> files() throws IOException {
        if (!Files.isDirectory(dir)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(dir)) {
            return paths.filter(path -> Files.isRegularFile(path) && hashOf(path) != null).sorted().toList();
        }
    }

    /** Where a quarantine file goes once its lines are back in the spool. */
    public void setReplayed(Path file) throws IOException {
        Files.createDirectories(replayed);
        Files.move(file, replayed.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * What stands above a line in a quarantine file.
     *
     * @param field the field at fault, or null
     */
    public record Entry(String file, long line, long offset, long length, String field, String reason) {
    }

    /** Reads the headers of a quarantine file, passing over the lines themselves in bounded memory. */
    public void readEntries(Path file, Consumer<Entry> entries) throws IOException {
        readLines(file, null, header -> {
            JsonNode json = parse(header);
            entries.accept(new Entry(json.path("file").asText(), json.path("line").asLong(), json.path("offset").asLong(),
                    json.path("length").asLong(), json.path("field").asText(null),
                    json.path("reason").asText("the line that said why was edited and cannot be read")));
        });
    }

    /** Copies the lines of a quarantine file, as they are now, without the headers above them. */
    public void copyLines(Path file, OutputStream out) throws IOException {
        readLines(file, out, header -> { });
    }

    /**
     * Whether somebody has touched the lines. A file of bad lines only, replayed as it came, would be taken for the delivery that is
     * dealt with already.
     */
    public boolean isMended(Path file) throws IOException {
        MessageDigest digest = SpoolFile.newDigest();
        copyLines(file, new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        return !SpoolFile.toText(digest).equals(hashOf(file));
    }

    private static JsonNode parse(String header) {
        try {
            return JSON.readTree(header);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private interface HeaderReader {
        void read(String header) throws IOException;
    }

    private static void readLines(Path file, OutputStream lines, HeaderReader headers) throws IOException {
        byte[] marker = marker(hashOf(file)).getBytes(StandardCharsets.US_ASCII);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            while (true) {
                in.mark(marker.length);
                byte[] begin = in.readNBytes(marker.length);
                if (begin.length == 0) {
                    return;
                }
                if (Arrays.equals(begin, marker)) {
                    headers.read(readHeader(in));
                } else {
                    in.reset();
                    passLine(in, lines);
                }
            }
        }
    }

    private static String readHeader(InputStream in) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        passLine(in, header);
        return header.toString(StandardCharsets.UTF_8);
    }

    private static void passLine(InputStream in, OutputStream out) throws IOException {
        int b;
        do {
            b = in.read();
            if (b >= 0 && out != null) {
                out.write(b);
            }
        } while (b >= 0 && b != '\n');
    }

    private boolean isKnown(SpoolFile file) throws IOException {
        for (Path folder : List.of(dir, replayed)) {
            try (Stream<Path> paths = Files.list(folder)) {
                if (paths.anyMatch(path -> file.hash().equals(hashOf(path)))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The spool file's hash in the name of its quarantine file, or null where the name is none. */
    public static String hashOf(Path path) {
        String name = path.getFileName().toString();
        int end = name.length() - SUFFIX.length();
        int dash = name.lastIndexOf('-');
        return !name.startsWith(".") && name.endsWith(SUFFIX) && dash >= 0 && dash < end ? name.substring(dash + 1, end) : null;
    }

    private Path part(SpoolFile file) {
        return dir.resolve("." + file.hash() + ".part");
    }

    private static String marker(String hash) {
        return "#" + hash + " ";
    }

    private static String header(SpoolFile file, BadLine line) throws JsonProcessingException {
        ObjectNode json = JSON.createObjectNode().put("file", file.name()).put("line", line.number()).put("offset", line.offset())
                .put("length", line.length());
        if (line.field() != null) {
            json.put("field", line.field());
        }
        json.put("reason", line.reason());
        return marker(file.hash()) + JSON.writeValueAsString(json) + "\n";
    }

    private static void copy(FileChannel in, BadLine line, FileChannel out) throws IOException {
        long copied = 0;
        while (copied < line.length()) {
            long step = in.transferTo(line.offset() + copied, line.length() - copied, out);
            if (step <= 0) {
                throw new IOException("the file became shorter while it was read");
            }
            copied += step;
        }
    }

    private static void write(FileChannel out, String text) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
