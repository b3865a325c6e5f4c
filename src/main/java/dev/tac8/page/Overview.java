package dev.tac8.page;

import java.util.List;

/**
 * What the overview shows.
 *
 * @param state    how everything is
 * @param times    today, this week, this month
 * @param range    the days that the picture shows, in words, such as {@code the last 30 days}
 * @param chosen   what the picture and everything below it is limited to, as words and links that take it away
 * @param chart    null if there is no call in these days
 * @param shares   where the money went, by task, model and worker
 * @param outcomes what became of it
 * @param results  what a completed task and a pull request cost
 * @param tasks    that run now
 * @param workers  that run now
 * @param command  that says the same in a terminal
 */
public record Overview(List<State> state, List<Time> times, String range, String where, List<Choice> chosen, List<Choice> spans, List<Choice> stacks, String stack, DayChart chart,
                       List<Shares> shares, List<Share> outcomes, List<Result> results, Running tasks, Running workers, String command, List<String> missing,
                       List<String> remarks) {

    /**
     * One thing that can be well or not.
     *
     * @param link to the view that says more
     */
    public record State(String name, String words, boolean isTrouble, String link) {
    }

    /**
     * A time with what came before it.
     *
     * @param name   such as {@code Today}
     * @param days   which those are
     * @param before what the same part of the time before cost, in words; null if that cannot be said
     */
    public record Time(String name, String days, Amount amount, String before) {
    }

    /** A link that chooses something, or takes a choice away. */
    public record Choice(String name, String link, boolean isChosen) {
    }

    /** What the money is split by. */
    public record Shares(String title, List<Share> shares, String more, String link, String all) {
    }

    /**
     * A part of the money.
     *
     * @param name    an id or the like
     * @param says    what stands below it, or null
     * @param made    the URL of the calls that it is made of, or null
     * @param percent of all that is known; null if nothing is
     * @param width   of its bar
     */
    public record Share(String name, String says, String link, String made, String text, String percent, String width, String style) {
    }

    /** What a result cost on average. */
    public record Result(String name, String each, String says) {
    }

    /**
     * What runs.
     *
     * @param rows  those that are shown
     * @param more  how many are not
     * @param total how many there are
     */
    public record Running(List<Runner> rows, int more, int total) {
    }

    /**
     * A task or a worker that runs.
     *
     * @param count  of its workers, or of its calls
     * @param silent a sentence if nothing was heard of it for a while; else null
     */
    public record Runner(String id, String link, String title, String taskLink, String since, String age, String count, String cost, String silent) {
    }
}
