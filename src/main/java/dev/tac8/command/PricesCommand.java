package dev.tac8.command;

import dev.tac8.price.OwnPrices;
import dev.tac8.price.Price;
import dev.tac8.price.PriceBook;
import dev.tac8.price.Quote;
import dev.tac8.price.StoredCall;
import dev.tac8.query.Answer;
import dev.tac8.query.Output;
import dev.tac8.query.Period;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.RefusedException;
import dev.tac8.store.StoreException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tac8 prices}: the price book, what it lacks, and prices of one's own. */
@Command(name = "prices", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Lists the prices by which calls are calculated: dollars of list price a million tokens, and a thousand web searches.",
        footer = {"", "docs/money.md says what the columns mean.", "", "Exit codes: 0, 1 no such model, 2 prices/ is not valid.", "",
            "Examples:", "  ./tac8 prices", "  ./tac8 prices --model claude-opus-5%n"})
final class PricesCommand extends Doing {
    private static final List<String> FIGURES = List.of("input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "web_per_1000", "fast", "batch", "us");

    private static final String NONE = "There are no prices: " + PriceBook.BOOK + " belongs to tac8, put it back.";

    @Option(names = "--model", paramLabel = "NAME", description = "Only those of a model, by any name that a call has.")
    private String model;
    @ArgGroup
    private QuarantineCommand.Form form;

    @Override
    public Integer call() throws RefusedException, SettingsException {
        PriceBook book = PriceBook.read(settings().files());
        String chosen = model == null ? null : book.model(model);
        List<Price> prices = model == null ? book.prices() : book.prices().stream().filter(price -> price.model().equals(chosen)).toList();
        if (prices.isEmpty()) {
            say(model != null ? "There is no price for the model " + model + ": ./tac8 prices lists those that have one."
                    : NONE);
            return ExitCode.NOTHING_FOUND;
        }
        Answer answer = new Answer().asIs("prices", form == null ? forPeople(prices) : forPrograms(prices));
        answer.remark("Version " + book.version() + "; list prices in dollars, estimates and no bill.");
        output(form).print(answer, List.of());
        return ExitCode.DONE;
    }

    @Command(name = "check", mixinStandardHelpOptions = true, optionListHeading = "%n",
            description = "Looks for what is wrong with the prices: mistakes in prices/, stored calls that no price is known for, and own prices that differ from the book.",
            footer = {"", "Exit codes: 0 every stored call has a price or a reported cost, 1 some have none, 2 prices/ is not valid, 4 some calls could not be read.", "",
                "Example:", "  ./tac8 prices check%n"})
    int check(@ArgGroup QuarantineCommand.Form asked) throws SettingsException, RefusedException {
        Settings settings = settings();
        List<String> faults = PriceBook.faults(settings.files());
        if (!faults.isEmpty()) {
            faults.forEach(this::warn);
            return ExitCode.WRONG_USE;
        }
        PriceBook book = PriceBook.read(settings.files());
        List<String> missing = new ArrayList<>();
        Lacking lacking;
        try {
            lacking = Stores.use(settings, Reach.records(Period.ALWAYS), stores -> {
                missing.clear();
                missing.addAll(stores.missing());
                return lacking(stores, book);
            });
        } catch (StoreException e) {
            lacking = new Lacking();
            missing.add(e.getMessage());
        }
        Answer answer = new Answer().list("without_price", "Stored calls that no price is known for:", lacking.rows())
                .list("differences", "Own prices that differ from the book:", new Rows(List.of("model", "from", "above", "column", "book", "own"),
                        book.differences().stream().map(each -> new Object[] {each.model(), each.from() == null ? null : each.from().toString(),
                            each.above() == 0 ? null : each.above(), each.column(), plain(each.book()), plain(each.own())}).toList()));
        answer.remark(book.prices().isEmpty() ? NONE : "Version " + book.version() + (lacking.calls() == 0 ? "; each stored call that says its tokens has a price or a reported cost." : "."));
        output(asked).print(answer, missing);
        return ReadOptions.code(lacking.calls() == 0 ? ExitCode.DONE : ExitCode.NOTHING_FOUND, missing);
    }

    @Command(name = "import", mixinStandardHelpOptions = true, optionListHeading = "%n",
            description = "Adds to prices/own.csv, from a day on, what a public list or another book says of models whose prices in force differ from it.",
            footer = {"", "A list is JSON as the packages @pydantic/genai-prices and @earendil-works/pi-ai of npm have it.", "",
                "Exit codes: 0 done, 1 nothing differs, 2 the file or prices/ is not valid.", "",
                "Example:", "  ./tac8 prices import anthropic.json --from 2026-12-01 --dry-run%n"})
    int add(@Parameters(paramLabel = "FILE", description = "JSON, or another book, whose name ends in .csv.") Path file,
            @Option(names = "--from", paramLabel = "DAY", required = true, description = "The first day of the prices, in UTC, such as 2026-12-01.") LocalDate from,
            @Option(names = "--model", paramLabel = "NAME", description = "Only this model, which need not have had a price.") String only,
            @Option(names = "--dry-run", description = "Says what it would add.") boolean dryRun) throws SettingsException, RefusedException {
        OwnPrices own = OwnPrices.compare(settings().home(), Tac8.fromCaller(file), from, only);
        Answer answer = new Answer().asIs("changes", new Rows(List.of("model", "above", "column", "in force", "from " + from),
                own.changes().stream().map(each -> new Object[] {each.model(), each.above() == 0 ? null : each.above(), each.column(), plain(each.book()),
                    plain(each.own())}).toList()));
        int lines = (int) own.lines().lines().count();
        if (lines > 0 && !dryRun) {
            own.add(LocalDate.ofInstant(Tac8.now(spec), ZoneOffset.UTC));
        }
        answer.remark(lines == 0 ? "Nothing differs from the prices in force on " + from + "." : lines + (lines == 1 ? " line" : " lines")
                + (dryRun ? " would be" : lines == 1 ? " was" : " were") + " added to " + PriceBook.OWN + (dryRun ? ":" : "; ./tac8 recost applies it to stored calls."));
        if (lines > 0 && dryRun) {
            own.lines().lines().forEach(line -> answer.remark("+ " + line));
        }
        if (!own.unknown().isEmpty()) {
            answer.remark(own.unknown().size() + " models of the file have no price so far and were passed over, such as " + own.unknown().get(0) + ": --model NAME adds one.");
        }
        output(null).print(answer, List.of());
        return lines == 0 ? ExitCode.NOTHING_FOUND : ExitCode.DONE;
    }

    private static Lacking lacking(Stores stores, PriceBook book) throws StoreException {
        Lacking lacking = new Lacking();
        stores.each("priced-calls", Map.of(), row -> {
            StoredCall call = new StoredCall(row);
            if (!call.isReported() && call.hasTokens()) {
                Quote quote = call.price(book);
                if (quote.dollars() == null) {
                    lacking.add(call, quote.why());
                }
            }
        });
        return lacking;
    }

    private static Rows forPeople(List<Price> prices) {
        List<String> columns = new ArrayList<>(List.of("model", "from", "above"));
        FIGURES.forEach(figure -> columns.add(figure.replace("cache_", "")));
        return new Rows(columns, prices.stream().map(price -> {
            List<Object> row = new ArrayList<>(place(price));
            FIGURES.forEach(figure -> row.add(plain(price.figures().get(figure))));
            return row.toArray();
        }).toList());
    }

    private static Rows forPrograms(List<Price> prices) {
        List<String> columns = new ArrayList<>(List.of("model", "from", "above", "provider", "match"));
        columns.addAll(FIGURES);
        columns.addAll(List.of("source", "stands_in"));
        return new Rows(columns, prices.stream().map(price -> {
            List<Object> row = new ArrayList<>(place(price));
            row.addAll(List.of(price.provider(), String.join(" ", price.match())));
            Map<String, BigDecimal> figures = price.figures();
            FIGURES.forEach(figure -> row.add(figures.get(figure)));
            row.addAll(List.of(price.source(), price.place()));
            return row.toArray();
        }).toList());
    }

    private static List<Object> place(Price price) {
        List<Object> place = new ArrayList<>();
        place.add(price.model());
        place.add(price.from() == null ? null : price.from().toString());
        place.add(price.above() == 0 ? null : price.above());
        return place;
    }

    private static String plain(BigDecimal figure) {
        return figure == null ? null : figure.toPlainString();
    }

    private Output output(QuarantineCommand.Form asked) {
        Caller caller = ((Tac8) spec.root().userObject()).caller();
        return new Output(asked == null ? Output.Form.TEXT : asked.isJson() ? Output.Form.JSON : Output.Form.CSV, ZoneOffset.UTC, caller.terminal(), caller.columns(),
                caller.colour(), out(), spec.commandLine().getErr());
    }
}
