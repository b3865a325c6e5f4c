package dev.tac8.archive;

import dev.tac8.files.TornLine;
import dev.tac8.ingest.LineReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The list of what lies compressed in a folder of a month, a JSON object a line: {@code manifest.jsonl}. */
public final class Manifest {
    /** Its name. It ends as conversations do, and is never taken for one. */
    public static final String NAME = "manifest.jsonl";
    /** Longer than any line of ours, which holds two paths. */
    private static final int MAX_LINE_BYTES = 1 << 20;

    private Manifest() {
    }

    /** Is told of each line. */
    public interface Sink {
        /** @param version what it says, or null if it cannot be read */
        void accept(long line, Version version) throws IOException;
    }

    /** Reads it, in bounded memory. What cannot be read is said and passed by; a torn last line may be one whose file never moved. */
    public static void read(InputStream in, Sink sink) throws IOException {
        LineReader lines = new LineReader(in, MAX_LINE_BYTES, 0, 0);
        while (lines.next()) {
            if (lines.isTooLong()) {
                sink.accept(lines.number(), null);
            } else if (lines.contentLength() > 0) {
                sink.accept(lines.number(), Version.of(lines.buffer(), lines.start(), lines.contentLength()));
            }
        }
    }

    /** Adds lines behind its last whole one, and waits until they are on the disk. */
    static void append(Path manifest, List<Version> versions) throws IOException {
        try (FileChannel file = FileChannel.open(manifest, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS)) {
            // What a torn line was to list is not deleted: that waits for the whole line.
            boolean mended = TornLine.cut(file);
            if (versions.isEmpty() && !mended) {
                return;
            }
            OutputStream out = Channels.newOutputStream(file.position(file.size()));
            for (Version version : versions) {
                out.write(version.toLine());
            }
            file.force(true);
        }
    }
}
