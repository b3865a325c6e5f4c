package dev.tac8.command;

import java.util.List;

/** Asks each kind of question once, or runs the commands that are given, so that a class-data archive made at the end holds what they load. Used by the launcher's build. */
final class Training {
    private static final List<String> QUESTIONS = List.of("cost", "cost --today", "cost --last 7d --json", "cost --by task --csv",
            "cost --by day --since 2026-01-01", "cost --by outcome", "tasks --status active", "task t", "task u", "why t", "worker w",
            "events --type decision --last 24h", "events --json", "sessions", "sql SELECT+1");

    private Training() {
    }

    /**
     * Runs them all, each from a command line as it is for one alone.
     *
     * @param args command lines; those of the questions if there are none
     */
    public static void main(String[] args) {
        for (String question : args.length == 0 ? QUESTIONS : List.of(args)) {
            String[] words = question.split(" ");
            for (int i = 0; i < words.length; i++) {
                words[i] = words[i].replace('+', ' ');
            }
            Tac8.execute(words);
        }
    }
}
