package dev.tac8.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The id or name that was meant. picocli has such a measure for commands and options, but does not offer it to callers. */
public final class Nearest {
    /** A longer one is not typed by hand, and comparing two takes the product of their lengths. */
    private static final int MOST_CHARACTERS = 200;

    private Nearest() {
    }

    /**
     * The id with the fewest edits from the one given, at most a third of its length; null if there is none. A text of one character has
     * none: any other would be as near.
     */
    public static String to(String given, Stream<String> ids) {
        if (given.length() > MOST_CHARACTERS || given.length() < 2) {
            return null;
        }
        int most = Math.max(1, given.length() / 3);
        String[] nearest = new String[1];
        int[] least = {most + 1};
        ids.filter(id -> Math.abs(id.length() - given.length()) < least[0]).sorted().forEach(id -> {
            int edits = edits(given, id);
            if (edits < least[0]) {
                least[0] = edits;
                nearest[0] = id;
            }
        });
        return nearest[0];
    }

    /** The same for ids, of which a part is copied or typed often: the shortest that begins with what was given comes before any that only resembles it. */
    public static String toId(String given, Collection<String> ids) {
        Optional<String> longer = given.length() < 2 ? Optional.empty()
                : ids.stream().filter(id -> id.startsWith(given)).min(Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()));
        return longer.orElseGet(() -> to(given, ids.stream()));
    }

    /** Levenshtein's distance, by rows; two swapped neighbouring letters are one edit. */
    private static int edits(String a, String b) {
        int[] above = new int[b.length() + 1];
        int[] twoAbove = above;
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], twoAbove[j - 2] + 1);
                }
            }
            twoAbove = above;
            above = row;
        }
        return above[b.length()];
    }
}
