package dev.tac8.witness;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tac8.archive.ArchivedFiles;
import dev.tac8.ingest.LineReader;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** Where records stand: in which acknowledged files, of {@code spool/done} or compressed on the external volume, and on which lines. */
public final class Origins {
    private static final Pattern ACKNOWLEDGED = Pattern.compile("(\\d{4})(\\d\\d)(\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d)\\d{3}Z-([0-9a-f]{32})-.*\\.jsonl(?:\\.gz)?", Pattern.DOTALL);
    private static final int HASH = 7;
    private static final JsonFactory JSON = new JsonFactory();

    private final Set<String> ids;
    private final Set<String> hashes;
    private final Instant from;
    private final int maxLineBytes;
    private final Map<String, List<String>> found = new TreeMap<>();

    private Origins(Set<String> ids, Instant from, int maxLineBytes) {
        this.ids = ids;
        this.from = from;
        this.maxLineBytes = maxLineBytes;
        this.hashes = ids.stream().filter(id -> id.matches("[0-9a-f]{32,64}\\+\\d+")).map(id -> id.substring(0, 32)).collect(Collectors.toSet());
    }

    /**
     * Finds the records of some ids.
     *
     * @param earliest when the first of them was, as text in UTC: files that were acknowledged more than a day before hold none
     * @param missing  is told what could not be read, a sentence each
     * @return by id, a text such as {@code FILE, line 7} each
     */
    public static Map<String, List<String>> find(Settings settings, Set<String> ids, String earliest, List<String> missing) {
        Origins origins = new Origins(ids, Instant.parse(earliest).minus(1, ChronoUnit.DAYS), settings.number(Setting.INGEST_MAX_LINE_BYTES));
        List<Path> folders = new ArrayList<>(List.of(settings.path(Setting.SPOOL_DIR).resolve("done")));
        try {
            folders.addAll(ArchivedFiles.months(ArchivedFiles.events(settings)).values());
        } catch (IOException e) {
            missing.add("archived files cannot be read, so records that stand in them are not found: " + Reasons.of(e));
        }
        folders.forEach(folder -> origins.look(folder, missing));
        return origins.found;
    }

    private void look(Path folder, List<String> missing) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{jsonl,jsonl.gz}")) {
            for (Path file : files) {
                Matcher name = ACKNOWLEDGED.matcher(file.getFileName().toString());
                if (name.matches() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && (hashes.contains(name.group(HASH)) || !time(name).isBefore(from))) {
                    read(file, name.group(HASH), missing);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Nothing was acknowledged yet.
        } catch (IOException e) {
            missing.add(folder + " cannot be read, so records that stand there are not found: " + Reasons.of(e));
        }
    }

    private static Instant time(Matcher name) {
        int[] parts = new int[6];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = Integer.parseInt(name.group(i + 1));
        }
        return LocalDateTime.of(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]).toInstant(ZoneOffset.UTC);
    }

    private void read(Path file, String hash, List<String> missing) {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
             LineReader lines = new LineReader(file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in, maxLineBytes, 0, 0)) {
            while (lines.next()) {
                if (!lines.isTooLong()) {
                    String id = id(lines);
                    String known = id == null ? place(hash, lines.offset()) : id;
                    if (known != null && ids.contains(known)) {
                        found.computeIfAbsent(known, name -> new ArrayList<>()).add(file + ", line " + lines.number());
                    }
                }
            }
        } catch (IOException e) {
            missing.add(file + " cannot be read, so records that stand in it are not found: " + Reasons.of(e));
        }
    }

    /** What a line without an id is known by, if it is wanted. */
    private String place(String hash, long offset) {
        return !hashes.contains(hash) ? null : ids.stream().filter(id -> id.startsWith(hash) && id.endsWith("+" + offset)).findFirst().orElse(null);
    }

    private static String id(LineReader line) {
        try (JsonParser fields = JSON.createParser(line.buffer(), line.start() + line.markLength(), line.contentLength() - line.markLength())) {
            if (fields.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (fields.nextToken() == JsonToken.FIELD_NAME) {
                String name = fields.currentName();
                fields.nextToken();
                if (name.equals("id")) {
                    return fields.getValueAsString();
                }
                fields.skipChildren();
            }
            return null;
        } catch (IOException e) {
            // A bad line.
            return null;
        }
    }
}
