package dev.tac8.page;

import dev.tac8.page.OverviewRequest.Span;
import dev.tac8.page.Spending.Line;
import dev.tac8.query.Rows;
import dev.tac8.status.Words;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was found for an overview.
 *
 * @param partBefore what the last part of a day cost that each span is compared with
 * @param firstCall  when the first call was that is on record
 * @param asOf       of when past days are; null if they are so now
 * @param names      of the dearest tasks and workers
 * @param results    what a completed task and a pull request cost
 * @param tasks      that are worked on
 * @param workers    that work
 */
record Spent(Sums sums, Map<String, Amount> partBefore, String firstCall, Instant asOf, Rows names, Rows results, Rows tasks, Rows workers) {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    /**
     * What was added up.
     *
     * @param times       by the name of the span, whatever is chosen
     * @param wholeBefore what the whole days cost that each span is compared with
     * @param days        that the picture shows, those that have a call
     * @param stacked     what they are split by, in order; under null all that has no colour of its own
     * @param tasks       of the time that is chosen, like models, workers and outcomes
     * @param left        a sentence that it was not looked what agents say beyond the calls, or null
     */
    record Sums(Map<String, Amount> times, Map<String, Amount> wholeBefore, Map<LocalDate, Amount> days, Map<String, Map<LocalDate, Amount>> stacked, Map<String, Amount> tasks,
                Map<String, Amount> models, Map<String, Amount> workers, Map<String, Amount> outcomes, Amount chosen, String left) {
        /** More colours nobody can tell from each other. */
        private static final int SERIES = 5;

        static Sums of(Spending all, OverviewRequest request) {
            Map<LocalDate, Amount> byDay = all.byDay();
            Map<String, Amount> times = new HashMap<>();
            Map<String, Amount> before = new HashMap<>();
            for (Span span : request.spans()) {
                times.put(span.name(), sum(byDay, span.first(), span.last()));
                before.put(span.name(), sum(byDay, span.firstBefore(), span.lastBefore().minusDays(1)));
            }
            Spending inPicture = all.where(line -> request.isShown(line.day()));
            // Colours stay what they are, whatever is chosen.
            List<String> coloured = request.stack().equals("outcome") ? OverviewPage.OUTCOMES
                    : inPicture.by(request.stacking()).keySet().stream().limit(SERIES).toList();
            Spending shown = request.model() == null ? inPicture : inPicture.where(request::isOfModel);
            Spending chosen = request.day() == null ? shown : all.where(line -> request.isChosen(line.day()) && request.isOfModel(line));
            return new Sums(times, before, shown.byDay(), stacked(shown, coloured, request), chosen.by(Line::task), chosen.by(Line::model), chosen.by(Line::worker),
                    chosen.by(Line::outcome), chosen.sum(), all.left());
        }

        private static Map<String, Map<LocalDate, Amount>> stacked(Spending shown, List<String> coloured, OverviewRequest request) {
            Map<String, Map<LocalDate, Amount>> stacked = new LinkedHashMap<>();
            coloured.forEach(one -> stacked.put(one, new HashMap<>()));
            stacked.put(null, new HashMap<>());
            for (Line line : shown.lines()) {
                String key = request.stacking().apply(line);
                stacked.get(key != null && coloured.contains(key) ? key : null).merge(line.day(), line.amount(), Amount::plus);
            }
            return stacked;
        }

        private static Amount sum(Map<LocalDate, Amount> days, LocalDate first, LocalDate last) {
            return days.entrySet().stream().filter(day -> !day.getKey().isBefore(first) && !day.getKey().isAfter(last)).map(Map.Entry::getValue)
                    .reduce(Amount.NOTHING, Amount::plus);
        }
    }

    /** What the same part of the time before cost. */
    Amount before(Span span) {
        return sums.wholeBefore().get(span.name()).plus(partBefore.get(span.name()));
    }

    /** What a reader of the figures must know, a sentence each. */
    List<String> remarks(ZoneId zone) {
        List<String> remarks = new ArrayList<>();
        if (asOf != null) {
            remarks.add("What days before today cost is as of " + CLOCK.format(asOf.atZone(zone)) + ": so much is stored that it is not added up again for each new record.");
        }
        if (sums.left() != null) {
            remarks.add(sums.left());
        }
        if (sums.days().values().stream().anyMatch(day -> day.rest() != null)) {
            remarks.add("A sum marked ≥ also misses what agents say of their own runs beyond their calls: ./tac8 cost --reconcile says of which.");
        }
        long doubtful = results.sum("doubtful");
        if (doubtful > 0) {
            remarks.add(Words.count(doubtful, "task") + (doubtful == 1 ? " has" : " have") + " the number of a pull request that another task has too, and no record says of which"
                    + " repository: there may be more or fewer pull requests.");
        }
        return remarks;
    }
}
