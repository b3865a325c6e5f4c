package dev.tac8.ingest;

import dev.tac8.files.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A file that begins with the whole of an earlier, acknowledged file of the same name: it has grown since. By the format, other
 * content is another file, so its lines without an id are other records, and count again.
 *
 * @param file   the grown one
 * @param before the earlier file, in {@code done/}
 * @param again  how many of its events and API calls have no id
 */
public record Grown(Path file, Path before, long again) {
    private static final int BUFFER_BYTES = 1 << 16;
    /** Time, content hash, and what {@link Spool#publish(Path)} puts before the name of a copy. */
    private static final Pattern DONE_NAME = Pattern.compile("\\d{8}T\\d{9}Z-([0-9a-f]{32})-(?:\\d{8}T\\d{9}Z-\\d+-\\d+-)?(.*)");

    private record Earlier(Path path, long size, String hash) {
    }

    /**
     * Finds the files that have grown.
     *
     * @return the files whose events or API calls count again
     * @throws IOException if a file cannot be read
     */
    public static List<Grown> among(List<Path> files, Path done, int maxLineBytes) throws IOException {
        List<Grown> grown = new ArrayList<>();
        Map<String, List<Earlier>> earlier = earlier(files.stream().map(Grown::name).collect(Collectors.toSet()), done);
        for (Path file : files) {
            Grown found = find(file, earlier.getOrDefault(name(file), List.of()), maxLineBytes);
            if (found != null && found.again() > 0) {
                grown.add(found);
            }
        }
        return grown;
    }

    private static Grown find(Path file, List<Earlier> sameName, int maxLineBytes) throws IOException {
        long size = Files.size(file);
        List<Earlier> smaller = sameName.stream().filter(earlier -> earlier.size() < size).sorted(Comparator.comparingLong(Earlier::size))
                .toList();
        if (smaller.isEmpty()) {
            return null;
        }
        Earlier before = null;
        MessageDigest digest = Sha256.begin();
        byte[] buffer = new byte[BUFFER_BYTES];
        long read = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (Earlier earlier : smaller) {
                while (read < earlier.size()) {
                    int count = in.read(buffer, 0, (int) Math.min(buffer.length, earlier.size() - read));
                    if (count < 0) {
                        break;
                    }
                    digest.update(buffer, 0, count);
                    read += count;
                }
                if (read == earlier.size() && Sha256.end((MessageDigest) digest.clone()).startsWith(earlier.hash())) {
                    before = earlier;
                }
            }
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
        return before == null ? null : new Grown(file, before.path(), withoutId(before.path(), maxLineBytes));
    }

    private static String name(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(Spool.EXTENSION) ? name : name + Spool.EXTENSION;
    }

    /** The acknowledged files of these names. */
    private static Map<String, List<Earlier>> earlier(Set<String> names, Path done) throws IOException {
        Map<String, List<Earlier>> all = new HashMap<>();
        if (!Files.isDirectory(done)) {
            return all;
        }
        try (Stream<Path> paths = Files.list(done)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Matcher known = DONE_NAME.matcher(path.getFileName().toString());
                if (known.matches() && names.contains(known.group(2)) && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    all.computeIfAbsent(known.group(2), name -> new ArrayList<>()).add(new Earlier(path, Files.size(path), known.group(1)));
                }
            }
        }
        return all;
    }

    private static long withoutId(Path file, int maxLineBytes) throws IOException {
        RecordFormat format = new RecordFormat();
        long count = 0;
        try (LineReader lines = new LineReader(Files.newInputStream(file), maxLineBytes, 0, 0)) {
            while (lines.next()) {
                try {
                    if (!lines.isTooLong() && !SpoolFile.isBlank(lines)) {
                        int marks = lines.markLength();
                        RecordFormat.Checked record = format.read(lines.buffer(), lines.start() + marks, lines.contentLength() - marks);
                        count += Chunk.isKnownByPlace(record) ? 1 : 0;
                    }
                } catch (BadLineException e) {
                    // It is not a record, now as before.
                }
            }
        }
        return count;
    }
}
