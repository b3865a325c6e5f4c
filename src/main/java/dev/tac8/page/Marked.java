package dev.tac8.page;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A piece of a text: what is looked for, or what is not. */
public record Marked(String text, boolean isHit) {
    /** A text in such pieces. */
    public static List<Marked> of(String text, Pattern find) {
        List<Marked> pieces = new ArrayList<>();
        int from = 0;
        if (find != null) {
            for (Matcher hit = find.matcher(text); hit.find(); from = hit.end()) {
                if (hit.start() > from) {
                    pieces.add(new Marked(text.substring(from, hit.start()), false));
                }
                pieces.add(new Marked(hit.group(), true));
            }
        }
        if (from < text.length()) {
            pieces.add(new Marked(text.substring(from), false));
        }
        return pieces;
    }
}
