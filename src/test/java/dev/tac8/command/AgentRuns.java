package dev.tac8.command;

import dev.tac8.Home;
import dev.tac8.history.Vector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A store with runs of agents, as {@code import} writes them, and the prices of the traps. */
final class AgentRuns {
    private final Home home;
    private final List<String> lines = new ArrayList<>();

    AgentRuns(Path dir) throws Exception {
        home = new Home(dir);
        Files.copy(Vector.ALL.resolve("book.csv"), home.path("prices/book.csv"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** A worker of a task. */
    AgentRuns worker(String id, String task) {
        return line("{'type':'worker','timestamp':'2026-10-05T09:00:00.000Z','session_id':'run-1','task_id':'%s','worker_id':'%s','status':'spawned'}", task, id);
    }

    /**
     * A call of an agent's session.
     *
     * @param more further fields, each behind a comma
     */
    AgentRuns call(String id, String session, String worker, String time, String model, long input, long output, String more) {
        return line("{'type':'api_call','id':'claude:%s','timestamp':'%s','worker_id':'%s','model':'%s','tokens_input':%d,'tokens_output':%d,"
                + "'usage':{'agent':'claude','agent_session':'%s','since':'2026-10-05T09:00:00.000Z'}%s}", id, time, worker, model, input, output, session, more);
    }

    /** What an agent says of a session, since its start at nine. */
    AgentRuns total(String session, String time, String dollars, String models) {
        return line("{'type':'event','id':'claude:total:%s:%s','timestamp':'%s','session_id':'unknown','event_type':'agent_total','message':'said','details':"
                + "{'agent':'claude','agent_session':'%s','cost_usd':%s,'how':'since its start','models':{%s},'order':1,'since':'2026-10-05T09:00:00.000Z',"
                + "'started':'2026-10-05T09:00:00.%s'}}", session, dollars, time, session, dollars, models, start(session) + "Z");
    }

    /** No two sessions start at once: one would be the other's fork. */
    private static String start(String session) {
        return String.format(Locale.ROOT, "%03d", Math.floorMod(session.hashCode(), 1000));
    }

    /** One model of a total. */
    static String used(String model, long input, long output, String dollars) {
        return "'" + model + "':{'input':" + input + ",'output':" + output + ",'cache_read':0,'cache_write':0,'web_search':0,'cost_usd':" + dollars + "}";
    }

    AgentRuns line(String form, Object... values) {
        lines.add(String.format(Locale.ROOT, form, values).replace('\'', '"'));
        return this;
    }

    /** What follows goes into another file. */
    AgentRuns again() {
        lines.clear();
        return this;
    }

    /** Stores all that. */
    AgentRuns store() throws Exception {
        home.drop("runs.jsonl", lines);
        home.drain();
        if (!home.quarantined().isEmpty()) {
            throw new AssertionError(Files.readString(home.quarantined().get(0)));
        }
        return this;
    }
}
