package dev.tac8.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * A line of a manifest: what a file once was, and what it is now. A name may be used again, so there may be several versions of it.
 *
 * @param path     where it lay, absolute, as workers know it
 * @param folder   the folder of the settings that it lay in
 * @param modified when it was last written to
 * @param archived when it was moved
 * @param bytes    its length
 * @param sha256   of its content, in hexadecimal digits
 * @param file     the compressed file's name, beside the manifest
 */
public record Version(String path, String folder, Instant modified, Instant archived, long bytes, String sha256, String file) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** The line, with its line feed. */
    byte[] toLine() throws IOException {
        ObjectNode line = JSON.createObjectNode().put("path", path).put("folder", folder).put("mtime", modified.toString())
                .put("archived", archived.toString()).put("bytes", bytes).put("sha256", sha256).put("file", file);
        return (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Reads a line; null if it is not valid. A manifest is a file on a disk that goes from hand to hand: it is not believed. */
    static Version of(byte[] bytes, int start, int length) {
        try {
            JsonNode line = JSON.readTree(bytes, start, length);
            Version version = new Version(text(line, "path"), text(line, "folder"), Instant.parse(text(line, "mtime")),
                    Instant.parse(text(line, "archived")), line.path("bytes").asLong(-1), text(line, "sha256"), text(line, "file"));
            return version.bytes >= 0 && SHA256.matcher(version.sha256).matches() && isPlain(version.file) ? version : null;
        } catch (IOException | DateTimeException e) {
            return null;
        }
    }

    /** Whether two lines are of one version of one file, however often it was moved. */
    boolean isSame(Version other) {
        return path.equals(other.path) && modified.equals(other.modified) && sha256.equals(other.sha256) && file.equals(other.file);
    }

    private static String text(JsonNode line, String field) throws IOException {
        JsonNode value = line == null ? null : line.get(field);
        if (value == null || !value.isTextual()) {
            throw new IOException("no " + field);
        }
        return value.textValue();
    }

    /** The name of a file in the same folder, not a way to another one. */
    private static boolean isPlain(String file) {
        try {
            Path path = Path.of(file);
            return !path.isAbsolute() && path.getNameCount() == 1 && file.endsWith(FileArchive.EXTENSION) && !file.startsWith(".")
                    && file.indexOf('/') < 0;
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
