package dev.tac8.page;

import dev.tac8.conversation.Piece;
import dev.tac8.conversation.Turn;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A window of a conversation.
 *
 * @param turns     of the window
 * @param older     the window before, or null
 * @param newer     the window behind, or null
 * @param here      the number of the turn that was asked for, or 0
 * @param find      what is looked for, or null
 * @param hits      the turns in which it was found, as far as they are listed
 * @param found     how often it was found in all, and in how many turns, in words; or null
 * @param remarks   what a reader must know
 * @param sentences what was in the whole file, if it was read to its end
 * @param costs     in words, by the ids of messages
 */
public record Talk(Request request, List<Turn> turns, String older, String newer, long here, Pattern find, List<Hit> hits, String found, List<String> remarks,
                   List<String> sentences, Map<String, String> costs) {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    /** A turn in which something was found. */
    public record Hit(long number, String time, String role, long count, String around, String link) {
    }

    /** The day of a turn, if it is another than that of the turn before; else null. */
    public String newDay(int index) {
        String day = day(index);
        for (int i = index - 1; i >= 0 && day != null; i--) {
            if (day(i) != null) {
                return day.equals(day(i)) ? null : day;
            }
        }
        return day;
    }

    private String day(int index) {
        return turns.get(index).time() == null ? null : DAY.format(turns.get(index).time().atZone(request.zone()));
    }

    /** The time of day of a turn; empty if it says none. */
    public static String time(Turn turn, Request request) {
        return turn.time() == null ? "" : TIME.format(turn.time().atZone(request.zone()));
    }

    /** Who speaks. */
    public static String who(Turn turn) {
        return turn.agent() == null ? turn.role() : (turn.role() + ", sub-agent " + turn.agent()).strip();
    }

    /** What a turn cost, or null. */
    public String cost(Turn turn) {
        return turn.message() == null ? null : costs.get(turn.message());
    }

    /** The first line of a piece, for its fold. */
    public static String first(Piece piece) {
        String line = piece.text().lines().filter(text -> !text.isBlank()).findFirst().orElse("");
        int value = piece.kind() == Piece.Kind.CALL ? line.indexOf(": ") + 2 : 0;
        String text = value > 1 ? line.substring(value) : line;
        return text.length() <= 160 ? text : text.substring(0, text.offsetByCodePoints(0, 120)) + "…";
    }

    /** A text with what is looked for. */
    public List<Marked> marked(String text) {
        return Marked.of(text, find);
    }

    /** Where a piece stands as a whole. */
    public String whole(Turn turn, Piece piece) {
        return request.with(Map.of("part", turn.number() + "." + piece.number()), "offset", "from", "at", "call");
    }

    /** Where a turn stands. */
    public String linkTo(Turn turn) {
        return request.with(Map.of("from", String.valueOf(turn.number())), "part", "offset", "at", "call", "find") + "#t" + turn.number();
    }

    /** Whether a piece is worth to be open: what is looked for is in it. */
    public boolean isOpen(Turn turn, Piece piece) {
        Piece result = turn.resultOf(piece);
        return piece.hits() > 0 || result != null && result.hits() > 0;
    }
}
