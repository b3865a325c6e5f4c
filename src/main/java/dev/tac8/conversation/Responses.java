package dev.tac8.conversation;

import dev.tac8.conversation.Entry.Message;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells which lines belong to one response of a model, so that its tokens count once. The id of a message should tell, but is not
 * enough: a response is streamed in several lines, a session that is resumed or forked repeats old lines under new request ids or
 * none, and there are gateways that leave the id blank or give every response the same one.
 */
final class Responses {
    /** A line has up to four keys; the least recently used are forgotten. */
    private static final int REMEMBERED_KEYS = 100_000;

    private final Map<Key, Response> known = recent(REMEMBERED_KEYS);
    private long heard;
    private long turns;

    /** A response, with the greatest number of each kind of tokens that its lines have reported. */
    static final class Response {
        private final boolean named;
        private Tokens tokens;
        private long heard;
        private long turns;

        private Response(boolean named) {
            this.named = named;
        }

        /** Null before its first line was counted. */
        Tokens tokens() {
            return tokens;
        }

        void count(Tokens told) {
            tokens = told;
        }
    }

    /** Takes a message to the model: after it another response may begin. */
    void hear(Message message) {
        heard++;
        // A message to a sub-agent, or one that the agent's program puts in, does not interrupt a response.
        turns += message.role().equals("user") && message.agent() == null && message.remark() == null ? 1 : 0;
    }

    /** The response that a line of an assistant belongs to, which may be a new one. */
    Response of(Message line) {
        boolean named = line.id() != null;
        Key byRequest = key("request", line.id(), line.request());
        Key byUuid = key("uuid", line.id(), line.uuid());
        Key byTime = named && line.time() != null ? key("time", line.id(), line.time().toString()) : null;
        Key byId = named ? key("message", line.id(), line.agent() == null ? "worker" : "sub-agent") : null;
        Response response = null;
        for (Key key : new Key[] {byRequest, byUuid, byTime}) {
            response = response == null ? again(key, line) : response;
        }
        response = response == null ? more(byId, line) : response;
        response = response == null ? new Response(line.request() != null) : response;
        response.heard = heard;
        response.turns = turns;
        for (Key key : new Key[] {byRequest, byUuid, byTime, byId}) {
            if (key != null) {
                known.put(key, response);
            }
        }
        return response;
    }

    /**
     * The response of a line that has the same request, or is a copy; unless it has read more by now, which means that it was asked again.
     */
    private Response again(Key key, Message line) {
        Response response = key == null ? null : known.get(key);
        return response == null || response.heard == heard || line.tokens().read() <= response.tokens.read()
                || response.tokens.read() == 0 ? response : null;
    }

    /** The last response of the same id, unless something says that this is another one. */
    private Response more(Key key, Message line) {
        Response response = key == null ? null : known.get(key);
        if (response == null || response.named && line.request() != null) {
            return null;
        }
        long before = response.tokens.read();
        long now = line.tokens().read();
        boolean answers = response.turns != turns && (line.time() != null || line.uuid() != null);
        return response.heard == heard || !answers && (before == now || before == 0 || now == 0) ? response : null;
    }

    private static Key key(String kind, String id, String value) {
        return value == null ? null : Key.of(kind, id == null ? "" : id, value);
    }

    /** A map that forgets the least recently used entry. */
    static <V> Map<Key, V> recent(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, V> eldest) {
                return size() > most;
            }
        };
    }
}
