package dev.tac8.command;

import dev.tac8.files.Daemon;
import dev.tac8.settings.SettingsException;
import dev.tac8.text.Pager;
import dev.tac8.text.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code tac8 top}: how everything is, again and again, on a terminal. */
@Command(name = "top", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Shows how the service, the spool and both stores are, what is stored just now, and what today costs, drawn anew until q or Ctrl-C."
                + " Changes nothing.",
        footer = {"", "If standard output is not a terminal, it prints one picture, as with --once.",
            "Exit codes of --once: 4 a store or the spool cannot be read, or an edit is refused, 3 neither store can be read.", "",
            "Examples:", "  ./tac8 top", "  ./tac8 top --every 1%n"})
final class TopCommand extends Doing {
    private static final String DUMB = "dumb";
    private static final int HANGING = 12;
    private static final long KEY_MILLISECONDS = 200;
    private static final int CTRL_C = 3;
    private static final int HUNG_UP = -1;

    @Option(names = "--every", paramLabel = "SECONDS", converter = ReadOptions.Positive.class, defaultValue = "2",
            description = "How often it looks; every ${DEFAULT-VALUE} s if this is not given.")
    private int every;
    @Option(names = "--once", description = "Prints one picture, of two looks so many seconds apart, and ends.")
    private boolean once;

    private final boolean colour = Boolean.getBoolean("picocli.ansi");
    private final String type = System.getenv().getOrDefault("TERM", DUMB);
    private volatile List<LivePicture.Line> picture = List.of();
    /** Whether the picture, or the size of the terminal, is another than was drawn. */
    private volatile boolean isNew;

    @Override
    public Integer call() throws IOException, InterruptedException, SettingsException {
        LivePicture live = new LivePicture(settings(), ReadOptions.here(Caller.here()).zone());
        if (!once && Pager.isTerminal()) {
            show(live);
            return ExitCode.DONE;
        }
        live.look();
        TimeUnit.SECONDS.sleep(every);
        live.look();
        text(live.lines(""), Pager.isTerminal() ? Integer.getInteger("tac8.columns", 0) : 0).forEach(out()::println);
        out().flush();
        return live.isBlind() ? ExitCode.UNAVAILABLE : ReadOptions.code(ExitCode.DONE, live.missing());
    }

    /** Draws until a key or a signal ends it, and leaves the terminal as it was. */
    private void show(LivePicture live) throws IOException, InterruptedException {
        ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(Daemon.threads("look"));
        try (Terminal terminal = terminal()) {
            Attributes before = terminal.enterRawMode();
            Thread leave = new Thread(() -> leave(terminal, before), "leave-terminal");
            Runtime.getRuntime().addShutdownHook(leave);
            // Ctrl-C is a key like q, and Ctrl-Z does not leave a terminal behind that shows nothing of what is typed.
            Attributes raw = terminal.getAttributes();
            raw.setLocalFlag(Attributes.LocalFlag.ISIG, false);
            terminal.setAttributes(raw);
            terminal.handle(Terminal.Signal.WINCH, signal -> isNew = true);
            put(terminal, Capability.enter_ca_mode);
            put(terminal, Capability.cursor_invisible);
            ScheduledFuture<?> looking = looks.scheduleWithFixedDelay(() -> look(live), 0, every, TimeUnit.SECONDS);
            int key = 0;
            while (key != 'q' && key != 'Q' && key != CTRL_C && key != HUNG_UP && !looking.isDone()) {
                if (isNew) {
                    isNew = false;
                    draw(terminal);
                }
                key = terminal.reader().read(KEY_MILLISECONDS);
            }
            Runtime.getRuntime().removeShutdownHook(leave);
            leave(terminal, before);
            if (looking.isDone()) {
                looking.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } finally {
            looks.shutdownNow();
        }
    }

    private Terminal terminal() throws IOException {
        try {
            // Of a dumb one JLine would read whole lines only.
            return TerminalBuilder.builder().system(true).dumb(false).type(type.equals(DUMB) ? "ansi" : type).build();
        } catch (IllegalStateException e) {
            throw new ParameterException(spec.commandLine(), "top reads keys from a terminal, and standard input is none: --once prints one picture", e);
        }
    }

    private void look(LivePicture live) {
        try {
            live.look();
            picture = live.lines(", every " + every + " s; q quits");
            isNew = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** False if the terminal is too dumb for it. */
    private boolean put(Terminal terminal, Capability capability) {
        return !type.equals(DUMB) && terminal.puts(capability);
    }

    private void leave(Terminal terminal, Attributes before) {
        put(terminal, Capability.cursor_visible);
        put(terminal, Capability.exit_ca_mode);
        terminal.flush();
        terminal.setAttributes(before);
    }

    /** Draws over what was there, without clearing it first, which would flicker. */
    private void draw(Terminal terminal) {
        Size size = terminal.getSize();
        List<String> text = text(picture, size.getColumns());
        PrintWriter out = terminal.writer();
        put(terminal, Capability.cursor_home);
        for (int i = 0; i < text.size() && (i < size.getRows() || size.getRows() == 0); i++) {
            out.print((i == 0 ? "" : "\n") + text.get(i));
            put(terminal, Capability.clr_eol);
        }
        if (!put(terminal, Capability.clr_eos)) {
            out.println("\n");
        }
        terminal.flush();
    }

    /** Lines that fit a width, 0 for any. */
    private List<String> text(List<LivePicture.Line> lines, int width) {
        List<String> text = new ArrayList<>();
        for (LivePicture.Line line : lines) {
            Text.wrap(line.isCut() && width > 0 ? Text.cut(line.text(), width) : line.text(), width, HANGING, part -> text.add(
                    colour && line.colour() != null ? "\033[" + line.colour() + "m" + part + "\033[0m" : part));
        }
        return text;
    }
}
