package dev.tac8.page;

import dev.tac8.status.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * How many of some calls have a cost that was reported, one that was calculated, or none: in words and as a bar of these parts.
 *
 * @param parts those that there are
 */
public record Coverage(List<Part> parts) {

    /** One part of the calls. */
    public record Part(String style, String words, String x, String width) {
    }

    /** Of these calls. */
    public static Coverage of(Amount amount) {
        List<Part> parts = new ArrayList<>();
        long[] calls = {amount.reportedCalls(), amount.calculatedCalls(), amount.withoutCost()};
        List<String> styles = List.of("reported", "calculated", "unknown");
        double x = 0;
        for (int i = 0; i < calls.length; i++) {
            if (calls[i] > 0) {
                double width = 100.0 * calls[i] / amount.calls();
                String count = Words.count(calls[i], "call");
                String words = switch (styles.get(i)) {
                    case "reported" -> Amount.text(amount.reported()) + " reported, " + count;
                    case "calculated" -> Amount.text(amount.calculated()) + " by list prices, " + count;
                    default -> count + " without a cost";
                };
                parts.add(new Part(styles.get(i), words, DayChart.percent(x), DayChart.percent(width)));
                x += width;
            }
        }
        if (amount.rest() != null) {
            parts.add(new Part("unknown", (amount.rest().signum() == 0 ? "" : Amount.text(amount.rest()) + " and perhaps more ") + "in no call, as agents say of their own runs", "100%", "0%"));
        }
        return new Coverage(parts);
    }
}
