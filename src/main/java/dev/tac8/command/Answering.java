package dev.tac8.command;

import dev.tac8.files.Daemon;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Has the launcher wait in the spool's own folder for a question, and answer it and those that follow with {@link Asker}, as long as this
 * process lives: its standard input is a pipe from here. Without it every question is answered by a process of its own.
 */
final class Answering {
    private static final long PAUSE_SECONDS = 1;

    private Answering() {
    }

    /** Begins, if the service was started by a launcher that is built. */
    static void begin(Settings settings) {
        Path launcher = settings.home().resolve("tac8");
        if (Files.isExecutable(launcher) && Files.isDirectory(settings.home().resolve("var/build/current"))) {
            ProcessBuilder asker = new ProcessBuilder(launcher.toString(), "--asker", settings.path(Setting.SPOOL_DIR).toString())
                    .redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD);
            Daemon.threads("answering").newThread(() -> repeat(asker)).start();
        }
    }

    private static void repeat(ProcessBuilder asker) {
        try {
            while (true) {
                asker.start().waitFor();
                // If it cannot start, it ends at once.
                TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
            }
        } catch (IOException e) {
            // Questions are answered without it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
