package dev.tac8.conversation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.conversation.Entry.Message;
import dev.tac8.conversation.Entry.Note;
import dev.tac8.text.Printable;
import dev.tac8.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes turns of entries: the results of tools go with the message before them. Each text is cut as it comes, so that no turn is large. */
final class Turns implements Predicate<Entry> {
    /** A turn of more is continued in the next one. */
    private static final int MOST_PIECES = 200;
    private static final int AROUND = 60;
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;:]*+m");

    private final Conversation.Wish wish;
    private final Predicate<Turn> sink;
    private long number;
    private Turn turn;
    private int pieces;
    private boolean ended;

    Turns(Conversation.Wish wish, Predicate<Turn> sink) {
        this.wish = wish;
        this.sink = sink;
    }

    @Override
    public boolean test(Entry entry) {
        if (entry instanceof Note note) {
            begin(new Turn(0, note.time(), "note", null, null, note.name(), note.error(), null, null, null, List.of()));
            add(Piece.Kind.TEXT, null, null, note.text(), note.error());
        } else if (entry instanceof Message message) {
            if (turn == null || !message.role().equals("tool") || turn.role().equals("note")) {
                begin(of(message));
            }
            for (Part part : message.parts()) {
                if (pieces == MOST_PIECES) {
                    begin(of(message));
                }
                add(part);
            }
        }
        return !ended;
    }

    /** Hands on the last one. */
    void end() {
        if (turn != null && !ended) {
            ended = !sink.test(turn);
        }
    }

    private static Turn of(Message message) {
        return new Turn(0, message.time(), message.role(), name(message.model()), name(message.agent()), message.remark(), message.error(), message.id(), message.uuid(),
                message.tokens().isNone() ? null : TextPrinter.inWords(message.tokens()), List.of());
    }

    private static String name(String name) {
        return name == null ? null : Text.printable(cut(name, 0, AROUND));
    }

    private void begin(Turn next) {
        end();
        number++;
        pieces = 0;
        turn = new Turn(number, next.time(), next.role(), next.model(), next.agent(), next.remark(), next.isError(), next.message(), next.line(), next.tokens(),
                new ArrayList<>());
    }

    private void add(Part part) {
        if (part instanceof Part.Text text) {
            add(Piece.Kind.TEXT, null, null, text.text(), false);
        } else if (part instanceof Part.Thinking thinking) {
            add(Piece.Kind.THOUGHT, null, null, thinking.text() == null ? "" : thinking.text(), false);
        } else if (part instanceof Part.ToolCall call) {
            add(Piece.Kind.CALL, call.id(), call.name(), number < wish.from() ? "" : inWords(call.input()), false);
        } else if (part instanceof Part.ToolResult result) {
            String more = result.attachments() == 0 ? "" : (result.text().isEmpty() ? "" : "\n") + "(" + result.attachments()
                    + (result.attachments() == 1 ? " attachment)" : " attachments)");
            add(Piece.Kind.RESULT, result.id(), result.name(), result.text() + more, result.error());
        } else if (part instanceof Part.Attachment attachment) {
            add(Piece.Kind.OTHER, null, attachment.mediaType() == null ? attachment.kind() : attachment.mediaType(),
                    attachment.bytes() < 0 ? "" : String.format(Locale.ROOT, "about %,d bytes", attachment.bytes()), false);
        } else if (part instanceof Part.Unknown unknown) {
            add(Piece.Kind.OTHER, null, unknown.kind(), "", false);
        }
    }

    private void add(Piece.Kind kind, String id, String name, String text, boolean isError) {
        pieces++;
        if (number < wish.from()) {
            return;
        }
        long hits = 0;
        String around = null;
        if (wish.find() != null) {
            Matcher hit = wish.find().matcher(text);
            while (hit.find()) {
                around = hits == 0 ? shown(cut(text, Math.max(0, hit.start() - AROUND), hit.end() + AROUND)) : around;
                hits++;
            }
        }
        boolean isWhole = wish.isWhole(number, pieces);
        int begin = isWhole ? (int) Math.min(wish.offset(), text.length()) : 0;
        int end = (int) Math.min(text.length(), (long) begin + (isWhole ? wish.mostOfWhole() : wish.most()));
        turn.pieces().add(new Piece(pieces, kind, id, name(name), shown(cut(text, begin, end)), text.length(), isError,
                end - begin < text.length(), hits, around));
    }

    /** A part of a text that splits no character. */
    private static String cut(String text, int begin, int end) {
        int from = begin > 0 && begin < text.length() && Character.isLowSurrogate(text.charAt(begin)) ? begin + 1 : begin;
        int to = Math.min(end, text.length());
        return text.substring(from, to < text.length() && to > from && Character.isHighSurrogate(text.charAt(to - 1)) ? to + 1 : to);
    }

    /** A text whose layout stays, and nothing else that is no character to be read. */
    static String shown(String text) {
        String plain = text.indexOf('\u001b') < 0 ? text : COLOUR.matcher(text).replaceAll("");
        StringBuilder shown = new StringBuilder(plain.length() + 16);
        int from = 0;
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (c == '\n' || c == '\t' || c == '\r') {
                shown.append(Printable.of(plain.substring(from, i))).append(c == '\r' ? "" : String.valueOf(c));
                from = i + 1;
            }
        }
        return shown.append(Printable.of(plain.substring(from))).toString();
    }

    /** What a tool is given, a line for each value. */
    private static String inWords(JsonNode input) {
        if (!input.isObject()) {
            return input.isMissingNode() || input.isNull() ? "" : input.isTextual() ? input.textValue() : input.toString();
        }
        StringBuilder words = new StringBuilder();
        input.properties().forEach(field -> {
            String value = field.getValue().isTextual() ? field.getValue().textValue() : field.getValue().toString();
            words.append(words.length() == 0 ? "" : "\n").append(field.getKey()).append(value.indexOf('\n') < 0 ? ": " : ":\n").append(value);
        });
        return words.toString();
    }
}
