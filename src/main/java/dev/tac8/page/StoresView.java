package dev.tac8.page;

import dev.tac8.query.Answer;
import dev.tac8.query.Output;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Rows;
import dev.tac8.status.Condition;
import dev.tac8.status.StoreView;
import dev.tac8.status.Words;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** How the service, both stores, the spool and the quarantine are: what {@code ./tac8 status} says. */
final class StoresView implements View {
    private static final Pattern STORED_TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    @Override
    public Shown answer(Request request) throws StoreException {
        request.takesOnly();
        try {
            Condition seen = Condition.begin(request.settings()).await();
            // A page has what is missing above it, and says it once.
            boolean isBrief = request.form() == Output.Form.TEXT;
            Answer answer = new Answer().one("state", null, state(seen, isBrief ? request.zone() : null)).list("stores", "Stores", stores(seen, isBrief));
            return new Shown("Stores", "stores", Map.of(), new Answered(answer, null, seen.missing()));
        } catch (IOException e) {
            throw new StoreException("cannot look at the stores: " + Reasons.of(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("the page is being ended", e);
        }
    }

    /** @param zone of the reader of a page; null for a document */
    private static Rows state(Condition seen, ZoneId zone) {
        boolean isBrief = zone != null;
        Instant now = seen.at();
        Map<String, Object> state = new LinkedHashMap<>();
        boolean isKnown = seen.spoolReason() == null;
        state.put("service", isKnown ? Words.service(seen.holder(), seen.said(), now) : "not known, as it would hold the spool");
        if (seen.said() != null) {
            if (seen.said().breaker() != null) {
                state.put("breaker", Words.breaker(seen.said(), now));
            }
            if (seen.said().held() != null) {
                state.put("held", Words.held(seen.said(), now));
            }
            if (seen.hasStores()) {
                state.put("stuck", Words.stuck(seen.said(), now));
            }
            state.put("generation", seen.said().generation().number() == 0 ? null : "number " + seen.said().generation().number()
                    + (seen.said().generation().since() == null ? "" : ", since " + Words.ago(seen.said().generation().since(), now)));
            state.put("refused", isBrief ? null : seen.said().generation().refused());
            state.put("waits", seen.said().generation().waits());
        }
        state.put("backlog", Words.backlog(seen.local()));
        state.put("spool", !isKnown ? "not known" + (isBrief ? "" : ": " + seen.spoolReason()) : seen.waitingFiles() == 0 ? "nothing waits"
                : Words.count(seen.waitingFiles(), "file") + " in the spool, the oldest for " + Words.length(Words.age(seen.oldest(), now)));
        state.put("quarantine", !isKnown ? "not known" : seen.quarantine().files() == 0 ? "nothing"
                : Words.count(seen.quarantine().lines(), "line") + " in " + Words.count(seen.quarantine().files(), "file"));
        for (String kind : List.of("failback", "archive")) {
            StoreView.Report last = seen.last(kind);
            state.put("last_" + kind, last == null ? "none on record" : Words.ago(Instant.parse(last.time()), now) + ". " + last.message());
        }
        return new Rows(List.copyOf(state.keySet()), List.<Object[]>of(state.values().stream().map(value -> zone == null || value == null ? value : local(value.toString(), zone)).toArray()));
    }

    /** With the times of the reader in the place of those of UTC. */
    private static String local(String words, ZoneId zone) {
        return STORED_TIME.matcher(words).replaceAll(time -> TIME.format(Instant.parse(time.group()).atZone(zone)));
    }

    private static Rows stores(Condition seen, boolean isBrief) {
        Set<String> tables = new TreeSet<>();
        List<String> columns = new ArrayList<>(List.of("store", "state"));
        for (StoreView.Seen store : seen.stores()) {
            if (store.rows() != null && tables.addAll(store.rows().keySet())) {
                store.rows().keySet().stream().filter(table -> !columns.contains(table)).forEach(columns::add);
            }
        }
        columns.addAll(List.of("size", "last_write_at", "file", "set_aside"));
        List<Object[]> rows = new ArrayList<>();
        for (StoreView.Seen store : seen.stores()) {
            List<Object> row = new ArrayList<>(List.of(store.name(), store.reason() == null ? "can be read" : isBrief && !store.untouched() ? "cannot be read" : store.reason()));
            columns.subList(2, columns.size() - 4).forEach(table -> row.add(store.rows() == null ? null : store.rows().get(table)));
            row.add(store.bytes() == null ? null : Words.size(store.bytes()));
            row.add(store.lastWrite() == null ? null : store.lastWrite().toString());
            row.add(store.place());
            row.add(store.damaged().isEmpty() ? null : Words.count(store.damaged().size(), "damaged database") + ", the newest is " + store.damaged().get(store.damaged().size() - 1));
            rows.add(row.toArray());
        }
        return new Rows(columns, rows);
    }
}
