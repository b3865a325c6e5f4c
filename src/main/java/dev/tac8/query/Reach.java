package dev.tac8.query;

import dev.tac8.text.StoredTime;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a question needs of all that is stored, so that no month of the archive is opened in vain and nothing is joined that nobody
 * asked for.
 *
 * @param period  the time of the events and API calls that it counts; null if the archive is not needed at all
 * @param parents whether it asks for sessions, tasks or workers, whose rows may be in any month
 * @param about   the sessions, tasks or workers that it is about, as the parameters of {@code sql/read/concerned-*.sql}; empty for all
 */
public record Reach(Period period, boolean parents, Map<String, ?> about) {
    /** All there is. */
    public static final Reach EVERYTHING = new Reach(Period.ALWAYS, true, Map.of());
    /** The stores that are written, without the archive. */
    public static final Reach ACTIVE = new Reach(null, true, Map.of());
    /** The first text of all, and one that no time reaches. */
    static final String FIRST = "";
    static final String LAST = "~";

    /** The events and API calls of a time, and nothing else. */
    public static Reach records(Period period) {
        return new Reach(period, false, Map.of());
    }

    /** What is stored of one {@code task}, {@code worker} or {@code session}, or of those of one {@code status}, or of some {@code log_files}. */
    public static Reach of(String what, String value) {
        return of(what, value, Period.ALWAYS);
    }

    /** The same with only the events and API calls of a time. */
    public static Reach of(String what, String value, Period period) {
        // A task is detected if no store's row has gone further, which none of them knows alone.
        return new Reach(period, true, what.equals("status") && value.equals("detected") ? Map.of() : Map.of(what, value));
    }

    /** The API calls of a time, with their workers, tasks and sessions as all months know them. */
    public static Reach calls(Period period) {
        return new Reach(period, true, during("calls", period));
    }

    /** The events of a time, with all sessions, tasks and workers. */
    static Reach events(Period period) {
        return new Reach(period, true, Map.of());
    }

    /** Of tasks {@code detected} or {@code completed} in a time, or sessions {@code started} in it: all, whenever their calls were. */
    public static Reach those(String what, Period period) {
        return new Reach(Period.ALWAYS, true, during(what, period));
    }

    /** The same from a time as the tables hold it, up to but without another. */
    static Reach those(String what, String since, String until) {
        return new Reach(Period.ALWAYS, true, Map.of(what + "_since", since, what + "_until", until));
    }

    private static Map<String, Object> during(String what, Period period) {
        Map<String, Object> about = new LinkedHashMap<>();
        if (!period.isAlways()) {
            about.put(what + "_since", period.since() == null ? FIRST : StoredTime.of(period.since()));
            about.put(what + "_until", period.until() == null ? LAST : StoredTime.of(period.until()));
        }
        return about;
    }

    /** Whether the archive is to be looked into. */
    boolean isPastActive() {
        return period != null;
    }

    /** Whether a month, such as {@code 2026-08}, may hold events or API calls of the time that is asked for. */
    boolean counts(String month) {
        return period != null && (period.since() == null || StoredTime.of(period.since()).compareTo(month + LAST) < 0)
                && (period.until() == null || StoredTime.of(period.until()).compareTo(month + "-01T00:00:00.000Z") > 0);
    }

    /** Whether a month is needed at all. */
    boolean needs(String month) {
        return period != null && parents || counts(month);
    }
}
