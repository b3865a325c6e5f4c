package dev.tac8.conversation;

import java.util.LinkedHashMap;
import java.util.Map;

/** What was in a conversation, counted while it is read. */
final class Counts {
    /** A file that is not a conversation may hold any number of kinds. */
    private static final int MAX_KINDS = 40;
    private static final int MAX_KIND_CHARACTERS = 60;

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

    void notShown(String kind) {
        String key = kind.length() <= MAX_KIND_CHARACTERS ? kind : kind.substring(0, MAX_KIND_CHARACTERS) + "…";
        notShown.merge(notShown.size() < MAX_KINDS || notShown.containsKey(key) ? key : "of other kinds", 1L, Long::sum);
    }

    void bad(long line) {
        firstBadLine = badLines == 0 ? line : firstBadLine;
        badLines++;
    }
}
