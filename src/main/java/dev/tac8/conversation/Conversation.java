package dev.tac8.conversation;

import dev.tac8.text.Printable;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The conversation of a worker, held open: it stays the file that was found, even if its name changes meanwhile. Each of the
 * four ways to show it begins anew, stops quietly if the reader has gone, and never fails because of the file's content.
 */
public final class Conversation implements Closeable {
    private final Path path;
    private final Path original;
    private final Source source;
    private final String note;
    private Window window;

    /**
     * @param original where it was written
     * @param note     a remark on where it is from, or null
     */
    Conversation(Path path, Path original, Source source, String note) {
        this.path = path;
        this.original = original;
        this.source = source;
        this.note = note;
    }

    /** Where the file lies. */
    public Path path() {
        return path;
    }

    /** Where it was written, with the folder as the settings name it; it still lies there, unless it was archived. */
    Path original() {
        return original;
    }

    /** A sentence on where it is from, or on what could not be looked for, fit for a terminal; null if it is simply the worker's file. */
    public String note() {
        return note == null ? null : Printable.of(note);
    }

    /**
     * Cuts to a worker's own time, for a file that several workers share.
     *
     * @param spawned   when it began
     * @param completed when it ended, or null while it runs
     */
    public Conversation cutTo(Instant spawned, Instant completed) {
        window = Window.of(spawned, completed);
        return this;
    }

    /**
     * How it is shown to a person.
     *
     * @param zone   of the times
     * @param width  of the lines, in columns; less than 40 count as 40
     * @param colour whether to use colours: no other control sequences are ever printed
     */
    public record Look(ZoneId zone, int width, boolean colour) {
    }

    /** Prints it for a person. */
    public void print(Look look, PrintWriter out) throws IOException {
        TextPrinter printer = new TextPrinter(look, out);
        printer.end(new Transcript(source, window).read(printer));
    }

    /** Prints it for a program: one JSON object a line, which docs/conversations.md describes. */
    public void printJson(PrintWriter out) throws IOException {
        JsonPrinter printer = new JsonPrinter(out);
        printer.end(new Transcript(source, window).read(printer));
    }

    /**
     * Prints the lines as they are, for a terminal: characters that could steer it are escaped, and lines that are too long are left out.
     */
    public void printRaw(PrintWriter out) throws IOException {
        new Transcript(source, window).readTexts(line -> {
            Printable.write(line, out);
            out.println();
            return !out.checkError();
        });
    }

    /** Writes the lines as they are, byte for byte, for a file or another program. */
    public void writeRaw(OutputStream out) throws IOException {
        if (window == null) {
            source.copy(0, Long.MAX_VALUE, out);
        } else {
            new Transcript(source, window).readRuns((position, length) -> source.copy(position, length, out));
        }
        out.flush();
    }

    /**
     * Which turns are wanted.
     *
     * @param from        the number of the first
     * @param find        what is looked for in them; null for nothing
     * @param most        the characters of a piece
     * @param turn        one of which a piece is wanted as a whole; 0 for none
     * @param piece       that piece
     * @param offset      where in it what is wanted begins
     * @param mostOfWhole its characters from there
     */
    public record Wish(long from, Pattern find, int most, long turn, int piece, long offset, int mostOfWhole) {
        /** Turns from one on, and no piece as a whole. */
        public static Wish from(long from, Pattern find, int most) {
            return new Wish(from, find, most, 0, 0, 0, 0);
        }

        boolean isWhole(long ofTurn, int ofPiece) {
            return turn == ofTurn && piece == ofPiece;
        }
    }

    /**
     * Reads its turns in order, those before the first that is wanted without their words, until no more is wanted.
     *
     * @param mostLineBytes a longer line is left out, and that is said in its place
     * @return what was in it, in sentences, if it was read to its end
     */
    public List<String> read(Wish wish, int mostLineBytes, Predicate<Turn> sink) throws IOException {
        Turns turns = new Turns(wish, sink);
        Counts counts = new Transcript(source, window, mostLineBytes).read(turns);
        turns.end();
        return counts.sentences();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
