package dev.tac8.conversation;

import com.fasterxml.jackson.databind.JsonNode;

/** What a message cost, in tokens. Input excludes tokens that came from the cache or went there. */
record Tokens(long input, long output, long cacheRead, long cacheWrite) {
    static final Tokens NONE = new Tokens(0, 0, 0, 0);
    /** The most that a call can have; a larger number is nonsense and would only spoil the sum. */
    private static final long MOST = 1_000_000_000_000L;

    static Tokens of(JsonNode usage) {
        return new Tokens(count(usage.path("input_tokens")), count(usage.path("output_tokens")),
                count(usage.path("cache_read_input_tokens")), cacheWrite(usage));
    }

    /**
     * The total, or the sum of its kinds, whichever is greater: some versions and gateways give only one of them, or one that is too low.
     */
    private static long cacheWrite(JsonNode usage) {
        JsonNode kinds = usage.path("cache_creation");
        return Math.max(count(usage.path("cache_creation_input_tokens")),
                count(kinds.path("ephemeral_5m_input_tokens")) + count(kinds.path("ephemeral_1h_input_tokens")));
    }

    private static long count(JsonNode value) {
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

    /** Everything that the model has read; each line of a response has the same number. */
    long read() {
        return input + cacheRead + cacheWrite;
    }

    boolean isNone() {
        return equals(NONE);
    }
}
