package dev.tac8.command;

import dev.tac8.history.RestOfRuns;
import dev.tac8.price.PriceBook;
import dev.tac8.query.Answer;
import dev.tac8.query.Asked;
import dev.tac8.query.Header;
import dev.tac8.query.Questions;
import dev.tac8.query.Remarks;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.RefusedException;
import dev.tac8.store.StoreException;
import dev.tac8.witness.Audit;
import dev.tac8.witness.Origins;
import dev.tac8.witness.Peer;
import dev.tac8.witness.Telemetry;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** {@code tac8 cost}: what calls cost, what they would have cost as calls of another model, and what others say of the same money. */
final class CostCommand extends QuestionCommand {
    private static final List<String> RECONCILED = List.of("worker", "session");

    private final Given<String> asIf = option("--as-if", "MODEL", List.of(), null, null,
            "Shows beside it what the same tokens would have cost by the list prices of this model; with --by model, too.");

    private final Given<Boolean> reconcile = flag("--reconcile", "Compares what calls cost by list price with what agents and writers say, and says why they differ; a row a"
            + " worker, or with --by session an agent's session. Exit code 1 if something differs.");
    private final Given<String> tolerance = option("--tolerance", "USD", List.of(), CostCommand::dollars, "0.01", "By how many dollars a row of --reconcile may differ.");
    private final Given<String> otel = option("--otel", "FILE", List.of(), null, null,
            "With --reconcile, what OpenTelemetry says: a file of OTLP as JSON, such as the collector's file exporter writes.");
    private final Given<String> against = option("--against", "FILE", List.of(), null, null,
            "With --reconcile, what another tool says instead: what ccusage daily --json or session --json has printed.");
    private final Given<Boolean> audit = flag("--audit", "Explains the sum: the calls that it is made of, the dearest first, each with its line of the price book, the arithmetic,"
            + " and the files and lines where its records stand.");
    private final Given<Integer> limit = option("--limit", "N", Integer.class, new ReadOptions.Positive(), "100", "With --audit, how many calls are shown.");

    CostCommand(Tac8 tac8, Header header) {
        super(tac8, header);
    }

    private static String dollars(String text) {
        if (!text.matches("[0-9]{1,9}(\\.[0-9]{1,12})?")) {
            throw new TypeConversionException("it must be a number of dollars, such as 0.01");
        }
        return text;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = tac8.settings();
        Asked asked = asked(settings);
        if ((asIf.value() == null ? 0 : 1) + (reconcile.value() ? 1 : 0) + (audit.value() ? 1 : 0) > 1) {
            throw misuse("--as-if, --reconcile and --audit are questions of their own: ask one after the other");
        } else if (!reconcile.value() && (otel.value() != null || against.value() != null)) {
            throw misuse((otel.value() != null ? "--otel" : "--against") + " goes with --reconcile");
        }
        return audit.value() ? audit(settings, asked) : asIf.value() != null ? asIf(settings, asked) : reconcile.value() ? reconcile(settings, asked) : sums(settings, asked);
    }

    private int sums(Settings settings, Asked asked) throws StoreException {
        return read.print(asked.ask(new RestOfRuns(settings)));
    }

    private ParameterException misuse(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private int reconcile(Settings settings, Asked asked) throws StoreException, IOException {
        Object by = asked.parameters().get("by");
        if (by != null && !RECONCILED.contains(by)) {
            throw misuse("--reconcile has a row a worker or session, not a " + by + ": --by takes one of these with it");
        }
        if (against.value() != null) {
            return against(settings, asked);
        }
        PriceBook book = PriceBook.read(settings.files());
        Telemetry telemetry = otel.value() == null ? null : Telemetry.read(Tac8.fromCaller(Path.of(otel.value())), book);
        CostReconciliation reconciliation = new CostReconciliation(settings, book, telemetry, new BigDecimal(tolerance.value()), "session".equals(by));
        int code = read.answer(settings, asked.reach(), "There is nothing to be compared: no agent and no writer says what such calls cost.",
                stores -> reconciliation.answer(stores, asked.parameters()));
        return code == ExitCode.DONE && reconciliation.isDifferent() ? ExitCode.NOTHING_FOUND : code;
    }

    private int against(Settings settings, Asked asked) throws StoreException, IOException {
        if (otel.value() != null || asked.parameters().get("by") != null) {
            throw misuse("--against compares by day or session as its file does, and goes with neither --by nor --otel");
        }
        PriceBook book = PriceBook.read(settings.files());
        Path file = Tac8.fromCaller(Path.of(against.value()));
        boolean whole = CostReconciliation.isWhole(asked.parameters());
        boolean[] isDifferent = new boolean[1];
        int code = read.answer(settings, asked.reach(), "There is nothing to be compared.", stores -> {
            try {
                Peer peer = Peer.read(file, read.zone(), book, new BigDecimal(tolerance.value()));
                stores.each("priced-calls", asked.parameters(), peer);
                Rows rows = peer.rows(whole);
                isDifferent[0] = peer.different(whole) > 0;
                return rows.isEmpty() ? null : new Answer().list("against", null, rows).remark(Tac8.count(peer.different(whole)) + " of " + Tac8.count(rows.rows().size())
                        + (peer.different(whole) == 1 ? " differs" : " differ") + " by more than $" + tolerance.value() + ".").remark("Priced is by list prices of version "
                        + book.version() + "; days are those of " + read.zone().getId() + ".");
            } catch (IOException e) {
                throw new RefusedException(file + " cannot be read: " + Reasons.of(e));
            }
        });
        return code == ExitCode.DONE && isDifferent[0] ? ExitCode.NOTHING_FOUND : code;
    }

    private int audit(Settings settings, Asked asked) throws StoreException {
        Map<String, Object> parameters = asked.parameters();
        if (parameters.get("by") != null) {
            throw misuse("--audit explains one sum, and is not split: choose calls by the other options instead of --by");
        }
        PriceBook book = PriceBook.read(settings.files());
        List<String> missing = new ArrayList<>();
        Audit calls = Stores.use(settings, asked.reach(), stores -> {
            Audit found = new Audit(book, limit.value());
            stores.each("priced-calls", parameters, found);
            missing.clear();
            missing.addAll(stores.missing());
            return found;
        });
        // The stores are closed by now: to read files may take long, and must not hold up a writer.
        return read.print(new Questions.Answered(calls.isEmpty() ? null : calls.answer(Origins.find(settings, calls.ids(), calls.earliest(), missing)),
                "There is no such API call.", missing));
    }

    private int asIf(Settings settings, Asked asked) throws StoreException {
        String model = asIf.value();
        Map<String, Object> parameters = asked.parameters();
        Object by = parameters.get("by");
        if (by != null && !by.equals("model")) {
            throw misuse("--as-if can be split by model only, not by " + by + ": leave out --by, or choose calls by --" + by);
        }
        PriceBook book = PriceBook.read(settings.files());
        if (book.model(model) == null) {
            throw misuse("there is no price for the model " + model + ": ./tac8 prices lists those that have one");
        }
        return read.answer(settings, asked.reach(), "There is no such API call.", stores -> {
            AsIf sums = new AsIf(book, model);
            stores.each("priced-calls", parameters, sums);
            if (sums.isEmpty()) {
                return null;
            }
            Rows rows = by == null ? sums.all() : sums.byModel();
            Answer answer = by == null ? new Answer().one(header.name(), null, rows) : new Answer().list(header.name(), null, rows);
            Remarks.priced(answer, rows);
            Rows lacking = sums.lacking().rows();
            answer.aside("as_if_without_price", lacking);
            answer.remark("As if is what the list prices of " + book.model(model) + " make of the same tokens, by version " + book.version() + " of the prices"
                    + (lacking.isEmpty() ? "." : "; " + Tac8.count(sums.lacking().calls()) + (sums.lacking().calls() == 1 ? " call has" : " calls have") + " none: "
                    + lacking.text("why") + (lacking.rows().size() == 1 ? "." : ", and the like.")));
            return answer;
        });
    }
}
