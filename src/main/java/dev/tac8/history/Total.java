package dev.tac8.history;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.SortedMap;

/**
 * What an agent itself says that a session has used and cost.
 *
 * @param id      its identity
 * @param agent   a word such as {@code claude}
 * @param session the agent's own name for the session
 * @param how     what it covers
 * @param first   the session's first call, or null; a fork begins with its parent's
 * @param since   when the session's own lines begin
 * @param started when what it covers begins, or null
 * @param time    when it was said: after the line before it, which has a time
 * @param until   when the next line of its file was written, which is another process's; null if there is none yet
 * @param order   its place in its file
 * @param models  by model
 * @param cost    in dollars, or null
 */
record Total(String id, String agent, String session, How how, String first, Instant since, Instant started, Instant time, Instant until,
             long order, SortedMap<String, Model> models, BigDecimal cost) {
    /** What a total covers. */
    enum How {
        /** What was used since the last one of the same process. */
        PART("since the last result"),
        /** A running total: what was used since one that was greater in anything, or since the beginning. */
        RUNNING("running total"),
        /** A running total since a time that it names. */
        STATE("since its start");

        private final String words;

        How(String words) {
            this.words = words;
        }

        /** As records have it; what they do not name is a running total. */
        static How of(String words) {
            return Arrays.stream(values()).filter(how -> how.words.equals(words)).findFirst().orElse(RUNNING);
        }

        /** As records have it. */
        String words() {
            return words;
        }
    }

    /** What was used of one model, however much that is; null stands for a cost that nobody knows. */
    record Model(BigInteger input, BigInteger output, BigInteger cacheRead, BigInteger cacheWrite, BigInteger searches, BigDecimal cost) {
        static final Model NONE = of(0, 0, 0, 0, 0, BigDecimal.ZERO);

        static Model of(long input, long output, long cacheRead, long cacheWrite, long searches, BigDecimal cost) {
            return new Model(BigInteger.valueOf(input), BigInteger.valueOf(output), BigInteger.valueOf(cacheRead), BigInteger.valueOf(cacheWrite),
                    BigInteger.valueOf(searches), cost);
        }

        Model plus(Model other) {
            return new Model(input.add(other.input), output.add(other.output), cacheRead.add(other.cacheRead), cacheWrite.add(other.cacheWrite),
                    searches.add(other.searches), cost == null || other.cost == null ? null : cost.add(other.cost));
        }

        /** What this has beyond another, never below 0. */
        Model beyond(Model other) {
            return new Model(beyond(input, other.input), beyond(output, other.output), beyond(cacheRead, other.cacheRead), beyond(cacheWrite, other.cacheWrite),
                    beyond(searches, other.searches), cost == null || other.cost == null ? null : cost.subtract(other.cost).max(BigDecimal.ZERO));
        }

        private static BigInteger beyond(BigInteger one, BigInteger other) {
            return one.subtract(other).max(BigInteger.ZERO);
        }

        /** Whether it has less of anything. */
        boolean isBelow(Model other) {
            return input.compareTo(other.input) < 0 || output.compareTo(other.output) < 0 || cacheRead.compareTo(other.cacheRead) < 0
                    || cacheWrite.compareTo(other.cacheWrite) < 0;
        }

        BigInteger tokens() {
            return input.add(output).add(cacheRead).add(cacheWrite);
        }

        /** Whether nothing was used. */
        boolean isNothing() {
            return tokens().signum() == 0 && searches.signum() == 0;
        }
    }
}
