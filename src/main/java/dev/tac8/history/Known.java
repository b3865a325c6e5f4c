package dev.tac8.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.conversation.Conversations;
import dev.tac8.history.Imported.Period;
import dev.tac8.history.Workers.Link;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the stores know already: which worker ran which session of an agent, and which file a worker wrote. */
final class Known {
    private static final int MOST_IDS = 10_000;

    private final Workers workers = new Workers();
    private final Map<Path, List<Link>> logs = new LinkedHashMap<>();
    private final Set<String> missing = new TreeSet<>();
    private final Set<String> tasks = new TreeSet<>();

    private Known() {
    }

    /** Asks the stores; before the first start there is nothing to be asked. */
    static Known of(Settings settings) throws StoreException {
        Known known = new Known();
        if (!isThereAny(settings)) {
            return known;
        }
        Conversations conversations = Conversations.of(settings);
        Stores.use(settings, Reach.EVERYTHING, stores -> {
            Rows sessions = stores.ask("agent-sessions", Map.of());
            for (Object[] row : sessions.rows()) {
                known.workers.add(row[0] + ":" + row[1], new Link((String) row[2], (String) row[3], Instant.parse((String) row[4])));
            }
            for (Object[] row : stores.ask("worker-logs", Map.of()).rows()) {
                for (Path place : conversations.places((String) row[2])) {
                    known.logs.computeIfAbsent(place, path -> new ArrayList<>()).add(new Link((String) row[0], (String) row[1], Instant.parse((String) row[3])));
                }
            }
            known.tasks.addAll(stores.ids("task"));
            known.missing.addAll(stores.missing());
            return null;
        });
        return known;
    }

    private static boolean isThereAny(Settings settings) {
        return Files.exists(settings.path(Setting.EXTERNAL_DIR).resolve("logs.db")) || Files.exists(settings.path(Setting.LOCAL_DIR).resolve("logs.db"))
                || Files.exists(settings.path(Setting.EXTERNAL_DIR).resolve("archive"));
    }

    Workers workers() {
        return workers;
    }

    /** The tasks that there are. */
    Tasks tasks() {
        return new Tasks(tasks);
    }

    /** What could not be asked, a sentence each. */
    Set<String> missing() {
        return missing;
    }

    /** The workers that wrote into each file. */
    Map<Path, List<Link>> logs() {
        return logs;
    }

    /** The workers of some sessions that have logged calls without ids of messages, and when. */
    Map<String, Period> plainCalls(Settings settings, Collection<Session> sessions) throws StoreException {
        Set<String> names = new TreeSet<>();
        sessions.forEach(session -> names.addAll(workers.namesOf(session.name())));
        if (names.isEmpty() || !isThereAny(settings)) {
            return Map.of();
        }
        Map<String, Period> plain = new HashMap<>();
        String json = json(names);
        Rows rows = Stores.use(settings, Reach.EVERYTHING, stores -> stores.ask("plain-calls", Map.of("workers", json)));
        rows.rows().forEach(row -> plain.put((String) row[0], new Period(Instant.parse((String) row[2]), Instant.parse((String) row[3]))));
        return plain;
    }

    /** How many of some calls are stored. */
    static long countOf(Settings settings, List<String> ids) throws StoreException {
        long count = 0;
        for (int from = 0; from < ids.size() && isThereAny(settings); from += MOST_IDS) {
            String some = json(ids.subList(from, Math.min(from + MOST_IDS, ids.size())));
            count += Stores.use(settings, Reach.EVERYTHING, stores -> stores.ask("known-calls", Map.of("ids", some))).number("calls");
        }
        return count;
    }

    static String json(Collection<String> texts) {
        try {
            return new JsonMapper().writeValueAsString(texts);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
