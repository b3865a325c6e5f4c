package dev.tac8.command;

import dev.tac8.query.Answer;
import dev.tac8.query.LocalZone;
import dev.tac8.query.Option;
import dev.tac8.query.Output;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Reach;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.store.Freshness;
import dev.tac8.store.StoreException;
import dev.tac8.text.Text;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;

/** What every reading command can do: how the answer looks, in which time zone, and what happens if nothing is found. */
final class ReadOptions {
    private final Reading command;
    private final CommandSpec spec;
    private final Given<Boolean> json = Reading.loneFlag("--json", "Prints one JSON document; times are in UTC.");
    private final Given<Boolean> csv = Reading.loneFlag("--csv", "Prints CSV; times are in UTC.");
    private final Given<ZoneId> zone;
    private LocalZone local;

    ReadOptions(Reading command) {
        this.command = command;
        spec = command.spec.addArgGroup(ArgGroupSpec.builder().multiplicity("0..1").addArg(json.arg()).addArg(csv.arg()).build());
        zone = command.option("--zone", "ZONE", ZoneId.class, new ZoneConverter(), null,
                "The time zone of days and of times shown, such as Europe/Berlin; this computer's if none is given.");
    }

    /** A question, and what came of it. */
    interface Asked {
        /** @return null if nothing was found */
        Answer ask(Stores stores) throws StoreException;
    }

    /** The zone of a caller's computer, as date has it. */
    static LocalZone here(Caller caller) {
        return LocalZone.here(caller.environment().get("TZ"));
    }

    /** The zone that was asked for, or else this computer's, as date has it; what is not sure about that is said once, in JSON by the answer. */
    ZoneId zone() {
        if (zone.value() != null) {
            return zone.value();
        }
        if (local == null) {
            local = here(command.tac8.caller());
            if (local.doubt() != null && !isJson()) {
                spec.commandLine().getErr().println("tac8: " + Text.printable(local.doubt()));
            }
        }
        return local.zone();
    }

    /** Opens the stores, asks, closes them, and writes the answer. */
    int answer(Settings settings, Reach reach, String nothing, Asked asked) throws StoreException {
        return print(Stores.use(settings, reach, stores -> answered(asked.ask(stores), nothing, stores)));
    }

    private static Answered answered(Answer answer, String nothing, Stores stores) {
        return new Answered(answer, answer == null ? nothing : null, stores.missing());
    }

    /** Writes what came of a question, now that the stores are closed: a slow reader must not hold up a writer. */
    int print(Answered answered) {
        Output output = output();
        List<String> missing = answered.missing();
        if (answered.answer() == null) {
            if (output.form() == Output.Form.JSON) {
                output.print(surely(new Answer()), missing);
            } else {
                missing.forEach(output::say);
            }
            output.err().println(answered.nothing());
            output.err().flush();
            return code(ExitCode.NOTHING_FOUND, missing);
        }
        output.print(surely(answered.answer()), missing);
        return code(ExitCode.DONE, missing);
    }

    private Answer surely(Answer answer) {
        Freshness freshness = command.tac8.freshness();
        Instant now = Instant.now();
        if (freshness != null && !freshness.isOld(now)) {
            answer.remark(freshness.remark(now));
        }
        return isJson() && doubt() != null ? answer.remark(doubt()) : answer;
    }

    /** What is not sure about the zone; null if it is sure. */
    String doubt() {
        return local == null ? null : local.doubt();
    }

    /** The exit code of an answer: a script must not take what is left for the whole. */
    static int code(int whole, List<String> missing) {
        return missing.isEmpty() ? whole : ExitCode.PARTIAL;
    }

    /** How the answer is written here and now. */
    Output output() {
        Caller caller = command.tac8.caller();
        return new Output(form(), zone(), caller.terminal(), caller.columns(), caller.colour(), spec.commandLine().getOut(),
                spec.commandLine().getErr());
    }

    boolean isText() {
        return form() == Output.Form.TEXT;
    }

    boolean isJson() {
        return form() == Output.Form.JSON;
    }

    private Output.Form form() {
        return isGiven(json) ? Output.Form.JSON : isGiven(csv) ? Output.Form.CSV : Output.Form.TEXT;
    }

    /** picocli sets no option of a group that is not used, to its initial value neither. */
    private static boolean isGiven(Given<Boolean> flag) {
        return Boolean.TRUE.equals(flag.value());
    }

    /** How many rows at most. */
    static final class Positive implements CommandLine.ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                return Option.number(text);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
        }
    }

    private static final class ZoneConverter implements CommandLine.ITypeConverter<ZoneId> {
        @Override
        public ZoneId convert(String text) {
            try {
                return ZoneId.of(text);
            } catch (DateTimeException e) {
                throw new CommandLine.TypeConversionException("it must be a time zone such as Europe/Berlin or +02:00");
            }
        }
    }
}
