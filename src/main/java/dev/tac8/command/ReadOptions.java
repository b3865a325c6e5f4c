package dev.tac8.command;

import dev.tac8.query.Answer;
import dev.tac8.query.LocalZone;
import dev.tac8.query.Output;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.query.Text;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import dev.tac8.text.Nearest;
import dev.tac8.text.Pager;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;

/** What every reading command can do: how the answer looks, in which time zone, and what happens where there is none. */
final class ReadOptions {
    private static final int SHOWN_CHARACTERS = 80;

    private static final Path ZONES = Path.of("/usr/share/zoneinfo");
    private static final Path LOCAL = Path.of("/etc/localtime");

    private final CommandSpec spec;
    private final Given<Boolean> json = Reading.loneFlag("--json", "Prints one JSON document; times are in UTC.");
    private final Given<Boolean> csv = Reading.loneFlag("--csv", "Prints CSV; times are in UTC.");
    private final Given<ZoneId> zone;
    private LocalZone local;

    ReadOptions(Reading command) {
        spec = command.spec.addArgGroup(ArgGroupSpec.builder().multiplicity("0..1").addArg(json.arg()).addArg(csv.arg()).build());
        zone = command.option("--zone", "ZONE", ZoneId.class, new ZoneConverter(), null,
                "The time zone of days and of times shown, such as Europe/Berlin; this computer's where none is given.");
    }

    /** A question, and what came of it. */
    interface Asked {
        /** @return null where nothing was found */
        Answer ask(Stores stores) throws StoreException;
    }

    private record Found(Answer answer, List<String> missing) {
    }

    /** The zone that was asked for, or else this computer's, as date has it; what is not sure about that is said once, in JSON by the answer. */
    ZoneId zone() {
        if (zone.value() != null) {
            return zone.value();
        }
        if (local == null) {
            local = LocalZone.find(System.getenv("TZ"), ZONES, LOCAL);
            if (local.doubt() != null && !isJson()) {
                spec.commandLine().getErr().println("tac8: " + Text.printable(local.doubt()));
            }
        }
        return local.zone();
    }

    /** Opens the stores, asks, and closes them before anything is written: whoever reads slowly must not hold up a writer. */
    int answer(Settings settings, Reach reach, String nothing, Asked asked) throws StoreException {
        return answer(settings, reach, () -> nothing, asked);
    }

    /** The same, where only the stores know what to say. */
    int answer(Settings settings, Reach reach, Supplier<String> nothing, Asked asked) throws StoreException {
        Found found = Stores.use(settings, reach, stores -> new Found(asked.ask(stores), stores.missing()));
        Answer answer = found.answer();
        Output output = output();
        if (answer == null) {
            if (output.form() == Output.Form.JSON) {
                output.print(surely(new Answer()), found.missing());
            } else {
                found.missing().forEach(sentence -> output.err().println("tac8: " + Text.printable(sentence)));
            }
            output.err().println(nothing.get());
            output.err().flush();
            return code(ExitCode.NOTHING_FOUND, found.missing());
        }
        output.print(surely(answer), found.missing());
        return code(ExitCode.DONE, found.missing());
    }

    private Answer surely(Answer answer) {
        return isJson() && doubt() != null ? answer.remark(doubt()) : answer;
    }

    /** What is not sure about the zone; null where all is. */
    String doubt() {
        return local == null ? null : local.doubt();
    }

    /** The exit code of an answer: a script must not take what is left for the whole. */
    static int code(int whole, List<String> missing) {
        return missing.isEmpty() ? whole : ExitCode.PARTIAL;
    }

    /** The same about one thing; where it is not there, the sentence names the nearest that is. */
    int answerAbout(Settings settings, String kind, String id, Asked asked) throws StoreException {
        String[] nothing = new String[1];
        return answer(settings, Reach.of(kind, id), () -> nothing[0], stores -> {
            Answer answer = asked.ask(stores);
            nothing[0] = answer == null ? unknown(stores, kind, id) : null;
            return answer;
        });
    }

    /** How the answer is written here and now. */
    Output output() {
        PrintWriter out = spec.commandLine().getOut();
        boolean terminal = Pager.isTerminal();
        boolean colour = Boolean.getBoolean("picocli.ansi");
        return new Output(form(), zone(), terminal,
                terminal ? Integer.getInteger("tac8.columns", 0) : 0, colour, out, spec.commandLine().getErr());
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

    /** Says where a list may go on. */
    static Answer limited(Answer answer, Rows rows, int limit) {
        return rows.rows().size() < limit ? answer
                : answer.remark("These are the newest " + Tac8.count(limit) + "; where there are more, --limit lists them.");
    }

    /** Says how many calls are in no sum of these rows. */
    static Answer priced(Answer answer, Rows rows) {
        long without = rows.sum("calls_without_cost");
        return without == 0 ? answer : answer.remark(Tac8.count(without) + (without == 1 ? " call" : " calls")
                + " without a cost: what " + (without == 1 ? "it" : "they") + " cost is not in the sums.");
    }

    /** Says that some workers of a list are on record for something else. */
    static Answer shared(Answer answer, Rows rows) {
        return rows.sum("reused_workers") == 0 ? answer : answer.remark("Some worker ids stand for more than one task or session: each call"
                + " counts for the one that it names; ./tac8 cost --by worker says which.");
    }

    /** A sentence for an id that is not there, with the nearest one that is. */
    static String unknown(Stores stores, String kind, String id) throws StoreException {
        String nearest = Nearest.to(id, stores.ids(kind).stream());
        return "There is no " + kind + " " + shown(id) + (nearest == null ? "." : "; did you mean " + shown(nearest) + "?");
    }

    /** An id that somebody typed or stored, fit for a sentence. */
    private static String shown(String id) {
        return id.isBlank() ? "\"" + Text.printable(id) + "\"" : Text.cut(Text.printable(id), SHOWN_CHARACTERS);
    }

    /** A sentence for a question that found nothing: where an id that it named is not there, that is why. Kinds and ids, in pairs. */
    static String nothing(Stores stores, String otherwise, String... kindsAndIds) throws StoreException {
        for (int i = 0; i < kindsAndIds.length; i += 2) {
            String id = kindsAndIds[i + 1];
            if (id != null && !stores.ids(kindsAndIds[i]).contains(id)) {
                return unknown(stores, kindsAndIds[i], id);
            }
        }
        return otherwise;
    }

    /** Parameters by name, in pairs; null for a filter that was not given. */
    static Map<String, Object> parameters(Object... pairs) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            parameters.put((String) pairs[i], pairs[i + 1]);
        }
        return parameters;
    }

    /** How many rows at most. */
    static final class Positive implements CommandLine.ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            if (!text.matches("0*[1-9]\\d{0,8}")) {
                throw new CommandLine.TypeConversionException("it must be a whole number from 1 to 999999999");
            }
            return Integer.valueOf(text);
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
