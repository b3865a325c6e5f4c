package dev.tac8.text;

import java.io.File;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Shows long text the way git does: on a terminal through {@code $PAGER}, or else {@code less} or {@code more}; anywhere else, and
 * if PAGER is empty or {@code cat}, prints it directly.
 */
public final class Pager {
    /** The shell's exit code if it cannot start a program. */
    private static final int CANNOT_START = 126;
    private static final int NOT_FOUND = 127;

    private final boolean terminal;
    private final Map<String, String> environment;

    Pager(boolean terminal, Map<String, String> environment) {
        this.terminal = terminal;
        this.environment = environment;
    }

    /** Prints, into a pager or not. */
    public interface Content {
        void print(PrintWriter out) throws IOException;
    }

    /** Whether standard output is a terminal. Java 17 cannot tell; the launcher can. */
    public static boolean isTerminal() {
        return Boolean.getBoolean("tac8.output-terminal");
    }

    /** Shows something. A reader who leaves early is not a failure: printing goes on into nothing, and its writer says so. */
    public static void show(Content content, PrintWriter out) throws IOException {
        new Pager(isTerminal(), System.getenv()).showTo(content, out);
    }

    void showTo(Content content, PrintWriter out) throws IOException {
        String command = command();
        if (command == null || !showThrough(command, content)) {
            content.print(out);
            out.flush();
        }
    }

    /** The pager, or null if there is to be none. */
    String command() {
        if (!terminal || "dumb".equals(environment.getOrDefault("TERM", "dumb"))) {
            return null;
        }
        String chosen = environment.get("PAGER");
        if (chosen != null) {
            return chosen.isBlank() || chosen.strip().equals("cat") ? null : chosen;
        }
        return isOnPath("less") ? "less" : isOnPath("more") ? "more" : null;
    }

    private boolean isOnPath(String program) {
        for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /** False if the pager could not be started. */
    private static boolean showThrough(String command, Content content) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", command).redirectOutput(Redirect.INHERIT)
                .redirectError(Redirect.INHERIT);
        // As git does: leave if all fits on the screen, show colours, do not clear the screen.
        builder.environment().putIfAbsent("LESS", "FRX");
        Process pager = builder.start();
        // Ctrl-C is for the pager, which stays; if this process ended first, the shell and the pager would fight for the terminal.
        Thread hold = new Thread(() -> pager.onExit().join(), "hold-pager");
        Runtime.getRuntime().addShutdownHook(hold);
        try (PrintWriter out = new PrintWriter(new OutputStreamWriter(pager.getOutputStream(), StandardCharsets.UTF_8))) {
            content.print(out);
        } finally {
            pager.onExit().join();
            try {
                Runtime.getRuntime().removeShutdownHook(hold);
            } catch (IllegalStateException e) {
                // This process is ending already.
            }
        }
        return pager.exitValue() != NOT_FOUND && pager.exitValue() != CANNOT_START;
    }
}
