package dev.tac8.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.conversation.Conversation;
import dev.tac8.conversation.Conversation.Wish;
import dev.tac8.conversation.OfWorker;
import dev.tac8.conversation.Piece;
import dev.tac8.conversation.Turn;
import dev.tac8.query.Period;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.query.Table;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.text.Text;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a worker said, a window of turns at a time; the file is read as a stream, so that its size does not matter. */
public record ConversationView() implements View {
    private static final int TURNS = 50;
    /** Turns shown before one that is jumped to. */
    private static final int BEFORE = 3;
    private static final int MOST_PIECE = 4000;
    private static final int MOST_WHOLE = 200_000;
    /** A window ends where its turns have more than that. */
    private static final int MOST_CHARACTERS = 400_000;
    /** Less than a terminal is shown: several of them are read at once, in little memory. */
    private static final int MOST_LINE_BYTES = 4 << 20;
    private static final int MOST_HITS = 100;
    private static final int MOST_TURNS = 999_999_999;
    private static final Pattern PART = Pattern.compile("([1-9]\\d{0,8})\\.([1-9]\\d{0,8})");
    private static final String PREFIX = "claude:";

    @Override
    public Shown answer(Request request) throws StoreException {
        request.takesOnly("worker", "from", "at", "call", "find", "part", "offset");
        String id = request.need("worker");
        try (OfWorker found = OfWorker.open(request.settings(), id)) {
            if (found.worker().isEmpty()) {
                return Shown.notThere(new Answered(null, found.none(), found.missing()));
            }
            Map<String, Object> model = new HashMap<>();
            model.put("worker", found.worker());
            model.put("missing", found.missing());
            model.put("none", found.none());
            model.put("talk", null);
            model.put("whole", null);
            if (found.conversation() != null && request.get("part") != null) {
                model.put("whole", whole(request, found.conversation()));
            } else if (found.conversation() != null) {
                model.put("talk", talk(request, found));
            }
            return new Shown("Conversation of " + Text.printable(id), "conversation", model, null);
        } catch (IOException e) {
            throw new StoreException("the conversation of " + id + " cannot be read: " + Reasons.of(e), e);
        }
    }

    /** A piece as a whole, or so much of it as a page takes. */
    public record Whole(Piece piece, String text, Turn turn, long offset, String newer, String back) {
    }

    private static Whole whole(Request request, Conversation conversation) throws IOException {
        Matcher part = PART.matcher(request.get("part"));
        if (!part.matches()) {
            throw new IllegalArgumentException("part must be the numbers of a turn and of one of its parts, such as 12.3");
        }
        long number = Long.parseLong(part.group(1));
        int piece = Integer.parseInt(part.group(2));
        int offset = request.number("offset", 0, MOST_TURNS);
        Turn[] found = new Turn[1];
        conversation.read(new Wish(number, null, 0, number, piece, offset, MOST_WHOLE), MOST_LINE_BYTES, turn -> {
            found[0] = turn.number() == number ? turn : found[0];
            return turn.number() < number;
        });
        Piece shown = found[0] == null ? null : found[0].pieces().stream().filter(one -> one.number() == piece).findFirst().orElse(null);
        if (shown == null) {
            throw new IllegalArgumentException("there is no part " + request.get("part") + " in this conversation");
        }
        boolean isMore = offset + MOST_WHOLE < shown.characters();
        return new Whole(shown, shown.text(), found[0], offset, isMore ? request.with("offset", String.valueOf(offset + MOST_WHOLE)) : null,
                request.with(Map.of("from", String.valueOf(Math.max(1, number - BEFORE))), "part", "offset") + "#t" + number);
    }

    private static Talk talk(Request request, OfWorker found) throws IOException, StoreException {
        List<String> remarks = new ArrayList<>(found.remarks().stream().map(Text::printable).toList());
        long here = here(request, found.conversation(), remarks);
        long from = request.get("from") != null || here == 0 ? request.number("from", 1, MOST_TURNS) : Math.max(1, here - BEFORE);
        Pattern find = request.get("find") == null ? null : Pattern.compile(Pattern.quote(request.get("find")), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
        Window window = new Window(request, from, find);
        List<String> sentences = found.conversation().read(Wish.from(find == null ? from : 1, find, MOST_PIECE), MOST_LINE_BYTES, window);
        String older = from == 1 ? null : request.with(Map.of("from", String.valueOf(Math.max(1, from - TURNS))), "at", "call");
        String newer = window.next == 0 ? null : request.with(Map.of("from", String.valueOf(window.next)), "at", "call");
        String said = find == null ? null : window.count == 0 ? "Nothing is found." : Table.whole(window.count) + (window.count == 1 ? " hit in " : " hits in ")
                + Table.whole(window.turnsFound) + (window.turnsFound == 1 ? " turn" : " turns") + (window.turnsFound > MOST_HITS ? "; the first "
                + MOST_HITS + " of them:" : ":");
        return new Talk(request, window.turns, older, newer, here, find, window.hits, said, remarks, window.next == 0 || find != null ? sentences : List.of(),
                costs(request, window.turns));
    }

    /** The turns of a window, and what is found before and behind it. */
    private static final class Window implements Predicate<Turn> {
        private final Request request;
        private final long from;
        private final boolean isSearch;
        private final List<Turn> turns = new ArrayList<>();
        private final List<Talk.Hit> hits = new ArrayList<>();
        private long characters;
        private long next;
        private long count;
        private long turnsFound;

        Window(Request request, long from, Pattern find) {
            this.request = request;
            this.from = from;
            this.isSearch = find != null;
        }

        @Override
        public boolean test(Turn turn) {
            if (turn.hits() > 0) {
                count += turn.hits();
                turnsFound++;
                if (hits.size() < MOST_HITS) {
                    hits.add(new Talk.Hit(turn.number(), Talk.time(turn, request), Talk.who(turn), turn.hits(),
                            turn.pieces().stream().map(Piece::around).filter(Objects::nonNull).findFirst().orElse(""),
                            request.with(Map.of("from", String.valueOf(Math.max(1, turn.number() - BEFORE))), "at", "call") + "#t" + turn.number()));
                }
            }
            if (turn.number() >= from && next == 0) {
                if (turns.size() == TURNS || characters > MOST_CHARACTERS) {
                    next = turn.number();
                } else {
                    turns.add(turn);
                    characters += turn.pieces().stream().mapToLong(piece -> piece.text().length()).sum();
                }
            }
            return next == 0 || isSearch;
        }
    }

    /** The number of the turn that is asked for by its time or its message; 0 for none. */
    private static long here(Request request, Conversation conversation, List<String> remarks) throws IOException {
        String at = request.get("at");
        String call = request.get("call");
        if (at == null && call == null) {
            return 0;
        }
        Instant time = at == null ? null : time(at, request);
        long[] nearest = {0};
        Duration[] distance = {null};
        conversation.read(Wish.from(Long.MAX_VALUE, null, 0), MOST_LINE_BYTES, turn -> {
            if (call != null) {
                nearest[0] = isOf(turn, call) ? turn.number() : 0;
                return nearest[0] == 0;
            }
            if (turn.time() == null) {
                return true;
            }
            Duration now = Duration.between(turn.time(), time).abs();
            if (distance[0] == null || now.compareTo(distance[0]) < 0) {
                distance[0] = now;
                nearest[0] = turn.number();
            }
            return !turn.time().isAfter(time);
        });
        if (nearest[0] == 0) {
            remarks.add(call != null ? "No turn has the message " + Text.printable(call) + ": it may be another conversation's." : "No turn says when it was, so none can be jumped to.");
        }
        return nearest[0];
    }

    private static Instant time(String at, Request request) {
        try {
            return Period.beginOf(at, request.now(), request.zone());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("at is \"" + at + "\"; " + e.getMessage(), e);
        }
    }

    /** Whether a call is that of a turn, by its message or, where that has no id, its line: {@code claude:msg_1}, {@code claude:msg_1:2}, {@code claude:line:UUID}, or these alone. */
    private static boolean isOf(Turn turn, String call) {
        String id = call.startsWith(PREFIX) ? call.substring(PREFIX.length()) : call;
        return turn.message() != null && (id.equals(turn.message()) || id.startsWith(turn.message() + ":")) || turn.line() != null
                && (id.equals(turn.line()) || id.equals("line:" + turn.line()));
    }

    /** What turns cost whose calls are stored under the ids of their messages. */
    private static Map<String, String> costs(Request request, List<Turn> turns) throws StoreException {
        Map<String, String> messages = new LinkedHashMap<>();
        Instant first = null;
        Instant last = null;
        for (Turn turn : turns) {
            if (turn.message() != null && turn.time() != null) {
                messages.put(PREFIX + turn.message(), turn.message());
                first = first == null || turn.time().isBefore(first) ? turn.time() : first;
                last = last == null || turn.time().isAfter(last) ? turn.time() : last;
            }
        }
        Map<String, String> costs = new HashMap<>();
        if (!messages.isEmpty()) {
            try {
                String ids = new JsonMapper().writeValueAsString(messages.keySet());
                Rows rows = Stores.use(request.settings(), Reach.records(new Period(first.minus(Duration.ofDays(1)), last.plus(Duration.ofDays(1)))),
                        stores -> stores.ask("known-costs", Map.of("ids", ids)));
                rows.rows().forEach(row -> costs.put(messages.get(row[0]), Table.dollars(new BigDecimal(row[1].toString()), 4)));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
        return costs;
    }
}
