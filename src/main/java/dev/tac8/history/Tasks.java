package dev.tac8.history;

import java.util.Set;
import java.util.TreeSet;

/** Which task a session was for, where no worker is known: by the branches on which it has worked. */
final class Tasks {
    private final Set<String> known;

    /** @param known the ids of all tasks */
    Tasks(Set<String> known) {
        this.known = known;
    }

    /** The one known task that its branches name, as {@code gh-450-upload} names {@code gh-450}; null if they name none, or several. */
    String of(Session session) {
        Set<String> named = new TreeSet<>();
        for (String branch : session.branches()) {
            String longest = longestIn(branch);
            if (longest != null) {
                named.add(longest);
            }
        }
        return named.size() == 1 ? named.iterator().next() : null;
    }

    private String longestIn(String branch) {
        String longest = null;
        for (int from = 0; from < branch.length(); from++) {
            for (int to = branch.length(); isEdge(branch, from) && to > from + (longest == null ? 0 : longest.length()); to--) {
                if (isEdge(branch, to) && known.contains(branch.substring(from, to))) {
                    longest = branch.substring(from, to);
                }
            }
        }
        return longest;
    }

    /** Whether no word goes on there. */
    private static boolean isEdge(String text, int at) {
        return at == 0 || at == text.length() || !Character.isLetterOrDigit(text.charAt(at - 1)) || !Character.isLetterOrDigit(text.charAt(at));
    }
}
