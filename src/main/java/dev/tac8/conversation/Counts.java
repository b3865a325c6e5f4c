package dev.tac8.conversation;

import static dev.tac8.conversation.TextPrinter.count;
import static dev.tac8.conversation.TextPrinter.number;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What was in a conversation, counted while it is read. */
final class Counts {
    /** A file that is not a conversation may hold any number of kinds. */
    private static final int MAX_KINDS = 40;
    private static final int MAX_KIND_CHARACTERS = 60;
    private static final int KIND_WIDTH = 80;

    private final int mostLineBytes;

    long lines;
    long userMessages;
    long assistantMessages;
    long toolCalls;
    long errors;
    Tokens tokens = Tokens.NONE;
    /** How many lines (or parts of messages) of each kind were not shown. */
    final Map<String, Long> notShown = new LinkedHashMap<>();
    /** Lines that are not JSON objects, and the first of them. */
    long badLines;
    long firstBadLine;
    /** Lines that were too long to be held. */
    long longLines;
    /** Lines with bytes that are not UTF-8, which were replaced. */
    long mendedLines;
    /** Lines of other times, if the file is shared. */
    long otherLines;
    /** Whether the last line is still being written, or its writer died. */
    boolean torn;
    /** Whether the file should be cut to a period, but none of its lines has a time. */
    boolean uncut;

    Counts(int mostLineBytes) {
        this.mostLineBytes = mostLineBytes;
    }

    void notShown(String kind) {
        String key = kind.length() <= MAX_KIND_CHARACTERS ? kind : kind.substring(0, MAX_KIND_CHARACTERS) + "…";
        notShown.merge(notShown.size() < MAX_KINDS || notShown.containsKey(key) ? key : "of other kinds", 1L, Long::sum);
    }

    void bad(long line) {
        firstBadLine = badLines == 0 ? line : firstBadLine;
        badLines++;
    }

    /** Says what the conversation was, and what of it is not shown. */
    List<String> sentences() {
        if (lines == 0) {
            return List.of("The file is empty.");
        }
        List<String> sentences = new ArrayList<>();
        sentences.add(count(userMessages + assistantMessages, "message") + " (" + number(userMessages) + " user, " + number(assistantMessages) + " assistant), "
                + count(toolCalls, "tool call") + ", " + count(errors, "error"));
        if (!tokens.isNone()) {
            sentences.add("tokens: " + TextPrinter.inWords(tokens));
        }
        if (!notShown.isEmpty()) {
            sentences.add("not shown: " + notShown.entrySet().stream().map(kind -> number(kind.getValue()) + " " + Layout.fold(kind.getKey(), KIND_WIDTH))
                    .collect(Collectors.joining(", ")));
        }
        if (badLines > 0) {
            sentences.add("bad: " + count(badLines, "line") + " without a JSON object, the first is line " + number(firstBadLine));
        }
        if (longLines > 0) {
            sentences.add("left out: " + count(longLines, "line") + " of more than " + (mostLineBytes >> 20) + " MiB");
        }
        if (mendedLines > 0) {
            sentences.add("mended: " + count(mendedLines, "line") + " with bytes that are no UTF-8, shown as \uFFFD");
        }
        if (torn) {
            sentences.add("The last line is not complete: it is being written, or its writer died.");
        }
        if (otherLines > 0) {
            sentences.add("cut: " + count(otherLines, "line") + " of other times, as several workers share the file");
        }
        if (uncut) {
            sentences.add("Several workers share the file, and none of its lines has a time: all of it is shown.");
        }
        return sentences;
    }
}
