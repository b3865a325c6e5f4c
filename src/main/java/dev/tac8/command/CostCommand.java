package dev.tac8.command;

import dev.tac8.price.PriceBook;
import dev.tac8.query.Answer;
import dev.tac8.query.Asked;
import dev.tac8.query.Header;
import dev.tac8.query.Remarks;
import dev.tac8.query.Rows;
import dev.tac8.settings.Settings;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParameterException;

/** {@code tac8 cost}: what calls cost, and what they would have cost as calls of another model. */
final class CostCommand extends QuestionCommand {
    private final Given<String> asIf = option("--as-if", "MODEL", List.of(), null, null,
            "Shows beside it what the same tokens would have cost by the list prices of this model; with --by model, too.");

    CostCommand(Tac8 tac8, Header header) {
        super(tac8, header);
    }

    @Override
    public Integer call() throws Exception {
        String model = asIf.value();
        Settings settings = tac8.settings();
        Asked asked = asked(settings);
        if (model == null) {
            return read.print(asked.ask((stores, parameters) -> RestOfRuns.of(settings, stores, parameters)));
        }
        Map<String, Object> parameters = asked.parameters();
        Object by = parameters.get("by");
        if (by != null && !by.equals("model")) {
            throw new ParameterException(spec.commandLine(), "--as-if can be split by model only, not by " + by + ": leave out --by, or choose calls by --" + by);
        }
        PriceBook book = PriceBook.read(settings.files());
        if (book.model(model) == null) {
            throw new ParameterException(spec.commandLine(), "there is no price for the model " + model + ": ./tac8 prices lists those that have one");
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
