package dev.tac8.page;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * A task's life as one picture. What lies along the line of time is in per cent of its length, so that letters and lines keep their size on every screen; heights are
 * in pixels.
 *
 * @param words  what it shows, in a sentence
 * @param marks  on the line of the task
 * @param labels of the most telling of these
 * @param lines  how many lines they take
 * @param now    where that is, or null
 * @param more   attempts that it has no room for
 */
public record Picture(int height, String words, List<Tick> ticks, List<Gap> gaps, List<Mark> marks, List<Label> labels, int lines, List<Lane> lanes, String now, int more) {
    /** Where the line of the task is. */
    public static final int TASK = 46;
    /** The height of a line of words. */
    public static final int LINE = 15;

    /**
     * A time below the line.
     *
     * @param isWide whether there is room for it on wide screens only
     */
    public record Tick(String x, String text, String anchor, boolean isWide) {
    }

    /**
     * A time that is left out.
     *
     * @param words   how long it is
     * @param isNamed whether there is room to say so
     */
    public record Gap(String x, String width, String middle, String words, boolean isNamed) {
    }

    /**
     * Something that happened, or several things that would lie on each other.
     *
     * @param kind the class of its shape
     */
    public record Mark(String x, String kind, int count, String link, String title) {
    }

    /** Words beside a mark. */
    public record Label(String x, int y, String anchor, String text) {
    }

    /**
     * An attempt.
     *
     * @param y        of the middle of its bar
     * @param height   of its bar, by its cost
     * @param kind     how it ended
     * @param isWasted whether its cost came to nothing
     * @param isOpen   whether its end is not on record
     * @param anchor   of its label on wide screens, which stands at {@code labelX}
     */
    public record Lane(int y, String x, String width, int height, String kind, boolean isWasted, boolean isOpen, String labelX, String anchor, String label,
                       String shortLabel, String link, String title, List<Mark> marks) {
        /** The upper edge of its bar. */
        public int top() {
            return y - height / 2;
        }
    }

    /** A position or a length. */
    static String percent(double part) {
        return BigDecimal.valueOf(part).setScale(2, RoundingMode.HALF_UP) + "%";
    }
}
