package dev.tac8.query;

import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A question with what it was given. What follows from columns that every question may have is said here, once for all. */
public final class Asked {
    /** What the id of an option may be of: it may not be there, or stand for several. */
    private static final List<String> KINDS = List.of("task", "session", "worker");
    /** Calls whose own task or session is not that of their worker's row; no figure to be shown. */
    private static final String REUSED_CALLS = "calls_of_reused_workers";

    private final Settings settings;
    private final Header header;
    private final Header answering;
    private final Map<String, String> given;
    private final Map<String, Object> parameters;
    private final Period period;
    private final Calendar calendar;
    private final ZoneId zone;

    /**
     * @param answering  the one whose statement is asked
     * @param given      as it was typed
     * @param parameters of the statement
     * @param calendar   what splits the answer; null for nothing
     */
    Asked(Settings settings, Header header, Header answering, Map<String, String> given, Map<String, Object> parameters, Period period,
          Calendar calendar, ZoneId zone) {
        this.settings = settings;
        this.header = header;
        this.answering = answering;
        this.given = given;
        this.parameters = parameters;
        this.period = period;
        this.calendar = calendar;
        this.zone = zone;
    }

    /** The time that was asked for; everything if none was. */
    public Period period() {
        return period;
    }

    /** Whether that is the day that it is now. */
    public boolean isToday() {
        return given.get("today") != null;
    }

    /** The values of the statement's parameters, by name; null for what was not given. */
    public Map<String, Object> parameters() {
        return new LinkedHashMap<>(parameters);
    }

    /**
     * Opens the stores, asks, and closes them.
     *
     * @throws StoreException if they cannot answer
     */
    public Questions.Answered ask() throws StoreException {
        return ask((stores, asked) -> new Rows(Beyond.COLUMNS, List.of()));
    }

    /** The same with what is beyond the calls. */
    public Questions.Answered ask(Beyond beyond) throws StoreException {
        return Stores.use(settings, reach(), stores -> {
            Rows rest = beyond.of(stores, parameters());
            Answer answer = answer(stores, rest, beyond.left());
            return new Questions.Answered(answer, answer == null ? nothing(stores) + (rest.isEmpty() ? "" : " " + Beyond.sentence(rest)) : null, stores.missing());
        });
    }

    /** A statement that names neither sessions nor tasks nor workers needs events and calls alone. */
    public Reach reach() {
        boolean ofRecords = header.subject() == Header.Subject.CALLS || header.subject() == Header.Subject.EVENTS;
        Period counted = ofRecords ? period : Period.ALWAYS;
        String statement = answering.question().sql(parameters).toLowerCase(Locale.ROOT);
        if (!statement.contains("sessions") && !statement.contains("tasks") && !statement.contains("workers")) {
            return Reach.records(counted);
        }
        for (String word : header.about()) {
            if (word.equals("period") && !period.isAlways()) {
                break;
            }
            if (parameters.get(word) != null) {
                return Reach.of(word, String.valueOf(parameters.get(word)), counted);
            }
            if (parameters.get(word + "_since") != null) {
                return Reach.those(word, (String) parameters.get(word + "_since"), (String) parameters.get(word + "_until"));
            }
        }
        return header.subject() == null ? Reach.EVERYTHING : header.subject().reach(period);
    }

    private Answer answer(Stores stores, Rows rest, String left) throws StoreException {
        Map<String, Object> asked = parameters();
        if (calendar != null) {
            asked.put("periods", calendar.periods(stores.ask("call-days", parameters), period, zone));
            // The periods are cut to the time that was asked for.
            asked.keySet().removeAll(List.of("since", "until"));
        }
        Rows found = stores.ask(answering.name(), answering.question(), asked);
        if (found.isEmpty()) {
            return null;
        }
        boolean isReused = found.columns().contains(REUSED_CALLS) && found.sum(REUSED_CALLS) > 0;
        Rows rows = (found.columns().contains(REUSED_CALLS) ? found.without(REUSED_CALLS) : found).withNamesOnce();
        answering.checkColumns(rows.columns());
        if (answering != header && calendar == null && !answering.name().equals(PerResult.QUESTION)) {
            rows = rows.greatestFirst("cost_usd");
        }
        rows = left != null ? Beyond.notLookedFor(rows) : Beyond.beside(rows, rest, answering.oneRow() || answering == header, asked.get("periods"));
        Answer answer = answering.oneRow() ? new Answer().one(header.name(), null, rows)
                : new Answer().list(header.name(), null, rows, answering.shown());
        if (answering.name().equals(PerResult.QUESTION)) {
            PerResult.add(answer, stores, parameters);
        }
        if (rows.columns().contains("calls_without_cost")) {
            Remarks.priced(answer, rows);
        }
        if (!rest.isEmpty()) {
            answer.aside("rest", rest);
            answer.remark(Beyond.sentence(rest));
        }
        if (left != null) {
            answer.remark(left);
        }
        if (rows.columns().contains("reused_workers")) {
            Remarks.shared(answer, rows);
        }
        for (Option option : header.options()) {
            if (option.name().equals("limit") && parameters.get("limit") instanceof Integer most) {
                Remarks.limited(answer, rows, most, option.order());
            }
        }
        boolean ofCalls = header.subject() == Header.Subject.CALLS;
        if (isReused || ofCalls && !ids().isEmpty()) {
            Reused.say(answer, stores, parameters);
        }
        if (ofCalls && (!period.isAlways() || calendar != null)) {
            answer.remarkForPeople("Days are those of " + zone.getId() + ".");
        }
        return answer;
    }

    private String nothing(Stores stores) throws StoreException {
        boolean isFiltered = header.options().stream().anyMatch(option -> !Header.isOfPeriod(option) && option.fallback() == null
                && !header.isVariantOf(option) && given.get(option.parameter()) != null);
        return Remarks.nothing(stores, header.nothing(isFiltered, !period.isAlways(), stores.missing().isEmpty()), ids());
    }

    /** The ids that were named, by kind, in the order of the options. */
    private Map<String, String> ids() {
        Map<String, String> ids = new LinkedHashMap<>();
        for (Option option : header.options()) {
            String id = KINDS.contains(option.name()) ? given.get(option.name()) : null;
            if (id != null) {
                ids.put(option.name(), id);
            }
        }
        return ids;
    }
}
