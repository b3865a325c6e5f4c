package dev.tac8.command;

import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.text.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that is more than a question: its annotations say what it takes. */
abstract class Doing implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    /** Work that is waited for. */
    interface Alive {
        boolean isAlive() throws IOException;
    }

    /** The settings with what {@code -D} says. */
    final Settings settings() throws SettingsException {
        return ((Tac8) spec.root().userObject()).settings();
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Prints a sentence at once. */
    final void say(String sentence) {
        out().println(sentence);
        out().flush();
    }

    /** Prints a sentence beside the answer, which may hold what was typed or stored. */
    final void warn(String sentence) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("tac8: " + Text.printable(sentence));
        err.flush();
    }

    /** A progress bar on a terminal; null elsewhere. */
    static ProgressBar progressBar(String name, long most, String unit, long size) {
        return !Boolean.getBoolean("tac8.terminal") ? null : new ProgressBarBuilder().setTaskName(name).setInitialMax(most).setUnit(unit, size)
                .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(100).build();
    }
}
