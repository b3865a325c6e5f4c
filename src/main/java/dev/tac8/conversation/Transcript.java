package dev.tac8.conversation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.conversation.Entry.Message;
import dev.tac8.conversation.Entry.Note;
import dev.tac8.conversation.Responses.Response;
import dev.tac8.ingest.LineReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Reads the lines of a conversation into entries, in bounded memory. A line that cannot be read is counted and is never an error:
 * the formats change with each release, and a worker may have died in the middle of a line.
 */
final class Transcript {
    /** Images are inlined, some twice, as base64 of up to 5 MB. */
    static final int MAX_LINE_BYTES = 16 << 20;
    private static final int REMEMBERED_CALLS = 2_000;
    private static final int MAX_NAME_CHARACTERS = 100;
    /** Java's decoder puts this in the place of bytes that are not UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    // The names are foreign: they must neither fill the name table of this process nor break it.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                    .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE).build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Source source;
    private final Window window;
    private final int mostLineBytes;
    private final Counts counts;
    private final Responses responses = new Responses();
    private final Map<Key, String> callNames = Responses.recent(REMEMBERED_CALLS);
    private Message pending;
    private Response pendingResponse;
    private long pendingBytes;
    /** Whether the line parsed last held bytes that are not UTF-8. */
    private boolean mended;

    /** @param window the time to cut to, or null for all of it */
    Transcript(Source source, Window window) {
        this(source, window, MAX_LINE_BYTES);
    }

    /** @param mostLineBytes a longer line is left out */
    Transcript(Source source, Window window, int mostLineBytes) {
        this.source = source;
        this.window = window;
        this.mostLineBytes = mostLineBytes;
        this.counts = new Counts(mostLineBytes);
    }

    private LineReader lines() throws IOException {
        return new LineReader(source.open(), mostLineBytes, 0, 0);
    }

    /** Reads it all, or until the sink says that no more is wanted. */
    Counts read(Predicate<Entry> sink) throws IOException {
        Cut cut = new Cut();
        counts.uncut = cut.isImpossible();
        LineReader lines = lines();
        while (lines.next()) {
            counts.lines++;
            JsonNode line = lines.isTooLong() ? null : parse(lines);
            if (!cut.holds(line)) {
                counts.otherLines++;
                continue;
            }
            Entry entry = null;
            if (lines.isTooLong()) {
                counts.longLines++;
                entry = new Note(cut.time, "left out", longLine(lines), false);
            } else if (line == null) {
                countBad(lines);
            } else {
                counts.mendedLines += mended ? 1 : 0;
                entry = LineFormat.read(line);
                if (entry == null) {
                    counts.notShown(LineFormat.kindOf(line));
                }
            }
            if (entry != null && !take(entry, lines.length(), sink)) {
                return counts;
            }
        }
        flush(sink);
        return counts;
    }

    /** The bytes of the lines that {@link #read} would take, in runs as long as possible. */
    void readRuns(RunSink sink) throws IOException {
        Cut cut = new Cut();
        LineReader lines = lines();
        long from = 0;
        long to = 0;
        while (lines.next()) {
            if (!cut.holds(lines.isTooLong() ? null : parse(lines))) {
                continue;
            }
            if (lines.offset() != to) {
                sink.accept(from, to - from);
                from = lines.offset();
            }
            to = lines.position();
        }
        sink.accept(from, to - from);
    }

    /** Is told of a run of bytes. */
    interface RunSink {
        void accept(long position, long length) throws IOException;
    }

    /** The text of each line that {@link #read} would take; a remark stands for each line that is too long to be held. */
    void readTexts(Predicate<String> sink) throws IOException {
        Cut cut = new Cut();
        LineReader lines = lines();
        while (lines.next()) {
            if (cut.holds(lines.isTooLong() || window == null ? null : parse(lines)) && !sink.test(lines.isTooLong()
                    ? "[left out: " + longLine(lines) + "]"
                    : new String(lines.buffer(), lines.start(), lines.contentLength(), StandardCharsets.UTF_8))) {
                return;
            }
        }
    }

    private static String longLine(LineReader lines) {
        return String.format(Locale.ROOT, "a line of %,d MiB (line %d)", lines.length() >> 20, lines.number());
    }

    /** Separates the lines of the worker's time from others. A line without a time belongs to the last one before it. */
    private final class Cut {
        private Instant time;

        Cut() throws IOException {
            if (window != null) {
                LineReader lines = lines();
                while (time == null && lines.next()) {
                    // Lines before the first time go with it.
                    time = lines.isTooLong() ? null : timeOf(parse(lines));
                }
            }
        }

        boolean isImpossible() {
            return window != null && time == null;
        }

        boolean holds(JsonNode line) {
            Instant own = timeOf(line);
            time = own == null ? time : own;
            return window == null || time == null || window.holds(time);
        }

        private static Instant timeOf(JsonNode line) {
            return line == null ? null : LineFormat.timeOf(line);
        }
    }

    private JsonNode parse(LineReader lines) throws IOException {
        byte[] bytes = lines.buffer();
        int start = lines.start() + lines.markLength();
        int length = lines.contentLength() - lines.markLength();
        String text = new String(bytes, start, length, StandardCharsets.UTF_8);
        mended = text.indexOf(REPLACEMENT) >= 0
                && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(bytes, start, start + length));
        JsonNode line = parse(text);
        return line != null && line.isObject() ? line : null;
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException | RuntimeException e) {
            // It is counted; the reason would not help a reader of the conversation.
            return null;
        }
    }

    private void countBad(LineReader lines) {
        int marks = lines.markLength();
        int length = lines.contentLength() - marks;
        if (length <= 1 << 10 && new String(lines.buffer(), lines.start() + marks, length, StandardCharsets.UTF_8).isBlank()) {
            return;
        }
        boolean ended = lines.position() > lines.offset() + lines.length();
        if (ended) {
            counts.bad(lines.number());
        } else {
            counts.torn = true;
        }
    }

    /** Counts an entry and hands on what is complete. The lines of one response, each with a part of it, become one message. */
    private boolean take(Entry entry, long bytes, Predicate<Entry> sink) {
        if (!(entry instanceof Message message)) {
            counts.errors += entry instanceof Note note && note.error() ? 1 : 0;
            return flush(sink) && sink.test(entry);
        }
        Response response = null;
        if (message.role().equals("assistant")) {
            response = responses.of(message);
        } else {
            responses.hear(message);
        }
        boolean continues = response != null && response.tokens() != null;
        message = message.with(named(message.parts()), count(message, response));
        if (pending != null && response != null && pendingResponse == response && pendingBytes + bytes <= mostLineBytes) {
            pending.parts().addAll(message.parts());
            pending = pending.with(pending.parts(), pending.tokens().plus(message.tokens()));
            pendingBytes += bytes;
            return true;
        }
        boolean more = flush(sink);
        pending = continues ? message.continued() : message;
        pendingResponse = response;
        pendingBytes = bytes;
        return more;
    }

    private boolean flush(Predicate<Entry> sink) {
        Message message = pending;
        pending = null;
        return message == null || sink.test(message);
    }

    /** The tokens that no earlier line has reported: each line of a message repeats its usage, and the last one knows best. */
    private Tokens count(Message message, Response response) {
        counts.errors += message.error() ? 1 : 0;
        counts.userMessages += message.role().equals("user") ? 1 : 0;
        if (response == null) {
            return Tokens.NONE;
        }
        Tokens before = response.tokens();
        response.count(before == null ? message.tokens() : before.max(message.tokens()));
        counts.assistantMessages += before == null ? 1 : 0;
        Tokens added = before == null ? response.tokens() : response.tokens().minus(before);
        counts.tokens = counts.tokens.plus(added);
        return added;
    }

    /** The parts as a mutable list, with the name of its tool in each result. */
    private List<Part> named(List<Part> parts) {
        List<Part> named = new ArrayList<>(parts.size());
        for (Part part : parts) {
            if (part instanceof Part.ToolCall call) {
                counts.toolCalls++;
                if (call.id() != null) {
                    callNames.put(Key.of(call.id()), cut(call.name()));
                }
            } else if (part instanceof Part.ToolResult result) {
                counts.errors += result.error() ? 1 : 0;
                named.add(new Part.ToolResult(result.id(), result.id() == null ? null : callNames.get(Key.of(result.id())),
                        result.error(), result.text(), result.attachments()));
                continue;
            } else if (part instanceof Part.Unknown unknown) {
                counts.notShown("content " + unknown.kind());
            }
            named.add(part);
        }
        return named;
    }

    private static String cut(String name) {
        return name.length() <= MAX_NAME_CHARACTERS ? name : name.substring(0, MAX_NAME_CHARACTERS) + "…";
    }
}
