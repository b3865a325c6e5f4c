package dev.tac8.command;

import dev.tac8.query.Header;
import dev.tac8.query.Question;
import dev.tac8.query.Table;
import dev.tac8.store.Freshness;
import dev.tac8.service.RoutesException;
import dev.tac8.service.SpoolTakenException;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.text.Printable;
import dev.tac8.text.StandardOutput;
import dev.tac8.text.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/** The one command. The launcher {@code ./tac8} sets {@code tac8.home} and {@code tac8.caller-dir}. */
public final class Tac8 implements Runnable {
    /** The commands, in the order in which the help lists them; questions of the user's own come before {@code sql}. */
    private static final List<String> COMMANDS = List.of("run", "ingest", "import", "cost", "why", "tasks", "task", "worker", "events", "sessions",
            "sql", "status", "top", "routes", "validate", "test", "prices", "recost", "reconcile", "replica", "archive", "quarantine", "volume", "backup", "rebuild",
            "completion", "help");

    /** Those that are files. */
    private static final Set<String> QUESTIONS = Set.of("cost", "tasks", "events", "sessions");

    /** Those that only read too, but are no files. */
    private static final Set<String> FURTHER_QUESTIONS = Set.of("why", "task", "worker", "sql");

    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("tac8").versionProvider(new Version());
    private final OptionSpec overrides = OptionSpec.builder("-D").paramLabel("KEY=VALUE").scopeType(ScopeType.INHERIT)
            .type(Map.class).auxiliaryTypes(String.class, String.class).initialValue(new LinkedHashMap<>())
            .description("Sets a property of application.properties for this command.").build();
    private final Clock clock;
    private final Caller caller;
    private Freshness freshness;

    private Tac8(Clock clock, Caller caller) {
        this.clock = clock;
        this.caller = caller;
        Reading.describe(spec, "A flight recorder for fleets of coding agents.",
                "", "Exit codes: 0 done or found, 1 nothing found, 2 wrong use or settings, 3 not available now, 4 a partial answer.",
                "Settings: application.properties lists all there are.%n");
        spec.usageMessage().synopsisSubcommandLabel("COMMAND");
        spec.addOption(overrides);
    }

    /** Starts a command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    static int execute(String... args) {
        PrintWriter out = new StandardOutput().writer();
        CommandLine commandLine = commandLine(Clock.systemUTC(), args).setOut(out);
        try {
            int code = commandLine.execute(args);
            out.flush();
            return code;
        } catch (StandardOutput.Failure e) {
            if (e.isReaderGone()) {
                return ExitCode.PIPE_CLOSED;
            }
            System.err.println("tac8: " + Text.printable(e.getMessage()));
            return ExitCode.UNAVAILABLE;
        } catch (Error e) {
            // picocli lets it pass, and Java would end with 1, as if nothing had been found.
            if (e instanceof OutOfMemoryError) {
                System.err.println("tac8: " + Question.TOO_LARGE);
            } else {
                System.err.println("tac8: a fault of tac8 itself; please report it with what follows");
                e.printStackTrace();
            }
            return ExitCode.UNAVAILABLE;
        }
    }

    /** With all commands. */
    static CommandLine commandLine() {
        return commandLine(Clock.systemUTC());
    }

    /** With what a line of arguments needs, at another time. */
    static CommandLine commandLine(Clock clock, String... args) {
        return commandLine(clock, Caller.here(), args);
    }

    /** The same for a process that need not be this one. */
    static CommandLine commandLine(Clock clock, Caller caller, String... args) {
        // To look at all commands by reflection takes longer than to ask a question: only the one that was named is.
        String first = args.length > 0 ? args[0] : "";
        return commandLine(clock, caller, !first.equals("help") && (COMMANDS.contains(first) || Header.isName(first) && isFile(first))
                ? List.of(first) : all());
    }

    /** Whether this names a question, if it names a command at all. */
    static boolean isQuestion(String name) {
        return QUESTIONS.contains(name) || FURTHER_QUESTIONS.contains(name) || !COMMANDS.contains(name);
    }

    private static boolean isFile(String question) {
        return Files.isRegularFile(query().resolve(question + ".sql"));
    }

    /** Those of tac8 and those that a user has put beside them. */
    private static List<String> all() {
        List<String> all = new ArrayList<>(COMMANDS);
        all.addAll(all.indexOf("sql"), files().filter(name -> !COMMANDS.contains(name) && Header.isName(name)).toList());
        return all;
    }

    /** The questions whose files have an example of how to ask them: no others are commands. */
    private static Stream<String> files() {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(query(), "*.sql")) {
            files.forEach(file -> names.add(file.getFileName().toString().replaceFirst("\\.sql$", "")));
        } catch (IOException e) {
            // Then there are none: each command that needs one says so.
            return Stream.of();
        }
        return names.stream().sorted().filter(name -> Header.isCommand(sql(), name));
    }

    private static Path sql() {
        return home().resolve("sql");
    }

    private static Path query() {
        return sql().resolve("query");
    }

    private static CommandLine commandLine(Clock clock, Caller caller, List<String> named) {
        // picocli itself warns of odd quotes, and quotes what was typed; the answer says what is wrong.
        CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
        Tac8 tac8 = new Tac8(clock, caller);
        CommandLine commandLine = new CommandLine(tac8.spec);
        named.forEach(name -> commandLine.addSubcommand(name, tac8.command(name)));
        if (named.size() > 1) {
            tac8.sayWhatIsNoCommand();
        }
        return commandLine.setExecutionExceptionHandler(Tac8::say).setParameterExceptionHandler(Tac8::sayMisuse)
                .setUsageHelpAutoWidth(true)
                // An id that begins with @ is an id; picocli would read arguments from the file of that name.
                .setExpandAtFiles(false);
    }

    /** A command: written out if it has to be quick, annotated if that does not matter. */
    private Object command(String name) {
        return switch (name) {
            case "run" -> RunCommand.class;
            case "ingest" -> IngestCommand.class;
            case "import" -> ImportCommand.class;
            case "why" -> new WhyCommand(this).spec;
            case "task" -> new TaskCommand(this).spec;
            case "worker" -> new WorkerCommand(this).spec;
            case "sql" -> new SqlCommand(this).spec;
            case "status" -> StatusCommand.class;
            case "top" -> TopCommand.class;
            case "routes" -> RoutesCommand.class;
            case "validate" -> ValidateCommand.class;
            case "test" -> TestCommand.class;
            case "prices" -> PricesCommand.class;
            case "recost" -> RecostCommand.class;
            case "reconcile" -> ReconcileCommand.class;
            case "replica" -> ReplicaCommand.class;
            case "archive" -> ArchiveCommand.class;
            case "quarantine" -> QuarantineCommand.class;
            case "volume" -> VolumeCommand.class;
            case "backup" -> BackupCommand.class;
            case "rebuild" -> RebuildCommand.class;
            case "completion" -> CompletionCommand.class;
            case "help" -> new HelpCommand().spec;
            default -> question(name);
        };
    }

    /** A command that its file describes. */
    private CommandSpec question(String name) {
        try {
            Header header = Header.readCommand(sql(), name);
            if (name.equals("events")) {
                return new EventsCommand(this, header).spec;
            }
            if (name.equals("cost")) {
                return new CostCommand(this, header).spec;
            }
            return new QuestionCommand(this, header).spec;
        } catch (StoreException e) {
            return new BrokenCommand(name, e).spec;
        }
    }

    /** A file whose name is taken or invalid disturbs no command; the help says why it is not one. */
    private void sayWhatIsNoCommand() {
        List<String> footer = new ArrayList<>(List.of(spec.usageMessage().footer()));
        filesThatAreNoCommand().forEach(sentence -> footer.add(sentence.replace("%", "%%") + ".%n"));
        spec.usageMessage().footer(footer.toArray(String[]::new));
    }

    /** The questions that are files and commands. */
    static List<String> questions() {
        return files().filter(name -> Header.isName(name) && (QUESTIONS.contains(name) || !COMMANDS.contains(name))).toList();
    }

    /** Which questions cannot be commands, and why: a sentence each. */
    static List<String> filesThatAreNoCommand() {
        return files().filter(name -> !Header.isName(name) || COMMANDS.contains(name) && !QUESTIONS.contains(name)).map(name ->
                "sql/query/" + Printable.of(name) + ".sql is not a command, as " + (Header.isName(name) ? name + " is one already"
                        : "a command is called in small letters, digits and hyphens") + ": call the file otherwise").toList();
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
        Settings settings = Settings.load(home(), caller.environment(), overrides.getValue());
        CommandLine.ParseResult command = spec.commandLine().getParseResult();
        if (settings.isPostgresql() && command != null && command.hasSubcommand() && command.subcommand().commandSpec().name().equals("rebuild")) {
            throw new SettingsException("tac8.store is postgresql, which many hosts fill, and this host's files are not all of it, so ./tac8 rebuild does not run here:"
                    + " ./tac8 replica verify compares, and ./tac8 ingest spool/done/*.jsonl stores the files of this host once more");
        }
        freshness = Freshness.read(settings);
        return settings;
    }

    /** How fresh a replica was before it was asked; null where there is none. */
    Freshness freshness() {
        return freshness;
    }

    /** The settings as far as their file is right. */
    Settings settingsPassingOverFaults() throws SettingsException {
        return Settings.passingOverFaults(home(), caller.environment(), overrides.getValue());
    }

    Caller caller() {
        return caller;
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
        err.println("tac8: " + Text.printable(Misuse.sentence(misuse, args)));
        err.println("tac8: " + command.getCommandSpec().qualifiedName() + " --help says more");
        return ExitCode.WRONG_USE;
    }

    /** An expected failure is one sentence; only an unforeseen one shows its stack. */
    private static int say(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        if (failure.getCause() instanceof Error error) {
            // A command that is a method is called by reflection, which wraps it.
            throw error;
        }
        PrintWriter err = command.getErr();
        boolean isSaid = failure instanceof SettingsException || failure instanceof RoutesException || failure instanceof StoreException
                || failure instanceof SpoolTakenException;
        if (isSaid || failure instanceof IOException) {
            // Of routes there may be several sentences.
            (isSaid ? failure.getMessage() : Reasons.of(failure)).lines().forEach(line -> err.println("tac8: " + Text.printable(line)));
            return ExitCode.of(failure);
        }
        err.println("tac8: a fault of tac8 itself; please report it with what follows");
        failure.printStackTrace(err);
        return ExitCode.UNAVAILABLE;
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
