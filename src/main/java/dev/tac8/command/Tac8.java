package dev.tac8.command;

import dev.tac8.query.Table;
import dev.tac8.query.Text;
import dev.tac8.service.RoutesException;
import dev.tac8.service.SpoolTakenException;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The one command. The launcher {@code ./tac8} sets {@code tac8.home} and {@code tac8.caller-dir}. */
@Command(name = "tac8", mixinStandardHelpOptions = true, optionListHeading = "%n", versionProvider = Tac8.Version.class,
        description = "A flight recorder for fleets of coding agents.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Exit codes: 0 done or found, 1 nothing found, 2 wrong use, 3 a store or the spool is not available.",
                "Settings: application.properties lists all there are.%n"})
public final class Tac8 implements Runnable {
    static final int NOTHING_FOUND = 1;
    static final int USAGE = 2;
    static final int UNAVAILABLE = 3;

    @Spec
    private CommandSpec spec;

    @Option(names = "-D", paramLabel = "KEY=VALUE", scope = ScopeType.INHERIT,
            description = "Sets a property of application.properties for this command.")
    private final Map<String, String> overrides = new LinkedHashMap<>();

    /** The commands, in the order in which the help lists them. */
    private static final Map<String, Class<?>> COMMANDS = commands(
            "run", RunCommand.class, "ingest", IngestCommand.class, "cost", CostCommand.class, "why", WhyCommand.class,
            "tasks", TasksCommand.class, "task", TaskCommand.class, "worker", WorkerCommand.class, "events", EventsCommand.class,
            "sessions", SessionsCommand.class, "sql", SqlCommand.class, "status", StatusCommand.class,
            "reconcile", ReconcileCommand.class, "archive", ArchiveCommand.class, "quarantine", QuarantineCommand.class,
            "volume", VolumeCommand.class, "backup", BackupCommand.class, "rebuild", RebuildCommand.class,
            "completion", CompletionCommand.class);

    private final Clock clock;

    private Tac8(Clock clock) {
        this.clock = clock;
    }

    /** Starts a command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    static int execute(String... args) {
        // To look at fourteen commands by reflection takes longer than to ask a question: only the one that was named is.
        CommandLine commandLine = args.length > 0 && COMMANDS.containsKey(args[0]) ? commandLine(Clock.systemUTC(), Set.of(args[0]))
                : commandLine();
        try {
            return commandLine.execute(args);
        } catch (Error e) {
            // picocli lets it pass, and Java would end with 1, as if nothing had been found.
            if (e instanceof OutOfMemoryError) {
                System.err.println("tac8: the answer does not fit into memory: ask for less, or give Java more with TAC8_JAVA_OPTS=-Xmx2g");
            } else {
                System.err.println("tac8: a fault of tac8 itself; please report it with what follows");
                e.printStackTrace();
            }
            return UNAVAILABLE;
        }
    }

    /** With all commands. */
    static CommandLine commandLine() {
        return commandLine(Clock.systemUTC());
    }

    /** The same at another time. */
    static CommandLine commandLine(Clock clock) {
        return commandLine(clock, COMMANDS.keySet());
    }

    private static CommandLine commandLine(Clock clock, Set<String> named) {
        // picocli warns of odd quotes on its own, with whatever was typed; the answer says what is wrong.
        CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
        CommandLine commandLine = new CommandLine(new Tac8(clock));
        COMMANDS.forEach((name, command) -> {
            if (named.contains(name)) {
                commandLine.addSubcommand(command);
            }
        });
        return commandLine.setExecutionExceptionHandler(Tac8::say).setParameterExceptionHandler(Tac8::sayMisuse)
                .setUsageHelpAutoWidth(true)
                // An id that begins with @ is an id; picocli would read arguments from the file of that name.
                .setExpandAtFiles(false);
    }

    private static Map<String, Class<?>> commands(Object... pairs) {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            commands.put((String) pairs[i], (Class<?>) pairs[i + 1]);
        }
        return commands;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** The time of the command that this specification is part of. */
    static Instant now(CommandSpec spec) {
        return ((Tac8) spec.root().userObject()).clock.instant();
    }

    /** The settings with what {@code -D} says. */
    Settings settings() throws SettingsException {
        return Settings.load(home(), System.getenv(), overrides);
    }

    /** The folder that holds the routes, the SQL and the settings. */
    static Path home() {
        return Path.of(System.getProperty("tac8.home", ".")).toAbsolutePath().normalize();
    }

    /** A path as the caller typed it: relative to where the command was typed, which is not where it runs. */
    static Path fromCaller(Path path) {
        return Path.of(System.getProperty("tac8.caller-dir", ".")).resolve(path).toAbsolutePath().normalize();
    }

    /** A number for people. */
    static String count(long number) {
        return Table.whole(number);
    }

    /** Wrong use: the sentence, which may hold what was typed or pasted, and where the right use stands. */
    private static int sayMisuse(CommandLine.ParameterException misuse, String[] args) {
        CommandLine command = misuse.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("tac8: " + Text.printable(misuse.getMessage()));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(misuse, err)) {
            err.println("tac8: " + command.getCommandSpec().qualifiedName() + " --help says more");
        }
        return USAGE;
    }

    /** An expected failure is one sentence; only what nobody foresaw shows its stack. */
    private static int say(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (failure instanceof SettingsException || failure instanceof RoutesException) {
            err.println("tac8: " + Text.printable(failure.getMessage()));
            return USAGE;
        }
        if (failure instanceof StoreException || failure instanceof SpoolTakenException) {
            err.println("tac8: " + Text.printable(failure.getMessage()));
            return UNAVAILABLE;
        }
        if (failure instanceof IOException) {
            err.println("tac8: " + Text.printable(Reasons.of(failure)));
            return UNAVAILABLE;
        }
        err.println("tac8: a fault of tac8 itself; please report it with what follows");
        failure.printStackTrace(err);
        return UNAVAILABLE;
    }

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties versions = new Properties();
            try (InputStream in = Tac8.class.getResourceAsStream("/tac8-version.properties")) {
                versions.load(in);
            }
            return new String[] {"tac8 " + versions.getProperty("tac8") + " (Camel " + versions.getProperty("camel")
                    + ", SQLite " + org.sqlite.SQLiteJDBCLoader.getVersion() + ", Java " + Runtime.version().feature() + ")"};
        }
    }
}
