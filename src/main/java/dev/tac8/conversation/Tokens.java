package dev.tac8.conversation;

import com.fasterxml.jackson.databind.JsonNode;

/** What a message cost, in tokens. Input is without what came from the cache or went there. */
record Tokens(long input, long output, long cacheRead, long cacheWrite) {
    static final Tokens NONE = new Tokens(0, 0, 0, 0);
    /** No call has more; a larger number is nonsense and would only spoil the sum. */
    private static final long MOST = 1_000_000_000_000L;

    static Tokens of(JsonNode usage) {
        return new Tokens(count(usage, "input_tokens"), count(usage, "output_tokens"), count(usage, "cache_read_input_tokens"),
                count(usage, "cache_creation_input_tokens"));
    }

    private static long count(JsonNode usage, String field) {
        JsonNode value = usage.path(field);
        long count = value.canConvertToLong() ? value.asLong() : 0;
        return count < 0 || count > MOST ? 0 : count;
    }

    Tokens plus(Tokens other) {
        return new Tokens(input + other.input, output + other.output, cacheRead + other.cacheRead, cacheWrite + other.cacheWrite);
    }

    Tokens minus(Tokens other) {
        return new Tokens(input - other.input, output - other.output, cacheRead - other.cacheRead, cacheWrite - other.cacheWrite);
    }

    Tokens max(Tokens other) {
        return new Tokens(Math.max(input, other.input), Math.max(output, other.output), Math.max(cacheRead, other.cacheRead),
                Math.max(cacheWrite, other.cacheWrite));
    }

    boolean isNone() {
        return equals(NONE);
    }
}
