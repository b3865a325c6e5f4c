package dev.tac8.page;

import dev.tac8.query.Table;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * What some calls cost, and what that covers.
 *
 * @param withoutCost how many of the calls have no cost
 * @param calculatedCalls how many have one that was calculated
 * @param cost        in dollars; null if nothing is known
 * @param reported    the part of it that was reported, or null
 * @param calculated  the part of it that was calculated from tokens, or null
 * @param rest        what agents say of their own runs beyond these calls, in no sum; null if they say nothing
 */
public record Amount(long calls, long withoutCost, long calculatedCalls, BigDecimal cost, BigDecimal reported, BigDecimal calculated, BigDecimal rest) {
    private static final BigDecimal MOST_DRAWN = new BigDecimal("1e15");

    /** Of no call. */
    static final Amount NOTHING = new Amount(0, 0, 0, null, null, null, null);
    /** Of any decimal a double holds so many, and so have the commands. */
    private static final MathContext DIGITS = new MathContext(15);

    /** Both together. */
    Amount plus(Amount other) {
        return new Amount(calls + other.calls, withoutCost + other.withoutCost, calculatedCalls + other.calculatedCalls, sum(cost, other.cost), sum(reported, other.reported),
                sum(calculated, other.calculated), sum(rest, other.rest));
    }

    private static BigDecimal sum(BigDecimal one, BigDecimal other) {
        return one == null ? other : other == null ? one : one.add(other);
    }

    /** A number that a store has found. */
    static BigDecimal exact(Object found) {
        return found == null ? null : new BigDecimal(found.toString());
    }

    /** Whether something is missing from the sum. */
    public boolean isPartial() {
        return withoutCost > 0 || rest != null;
    }

    /** How many calls have a cost that was reported. */
    public long reportedCalls() {
        return calls - withoutCost - calculatedCalls;
    }

    /** For a picture, which must end somewhere; nothing if nothing is known. */
    double size() {
        return cost == null ? 0 : cost.min(MOST_DRAWN).doubleValue();
    }

    /** The sum as an answer has it. */
    Number number() {
        return number(cost);
    }

    static Number number(BigDecimal exact) {
        return exact == null ? null : Double.isInfinite(exact.doubleValue()) ? (Number) exact : (Number) exact.round(DIGITS).doubleValue();
    }

    /** As people read it, with the mark of what is missing. */
    public String text() {
        return text(decimals(cost));
    }

    /** The same with so many decimals. */
    public String text(int decimals) {
        String known = cost == null ? null : Table.dollars(number(), decimals);
        return isPartial() ? Table.atLeast(known) : known == null ? "$0" : known;
    }

    /** A part of it. */
    static String text(BigDecimal part) {
        return Table.dollars(number(part), decimals(part));
    }

    /** Small amounts are shown to a hundredth of a cent. */
    static int decimals(BigDecimal most) {
        return most == null || most.signum() == 0 || most.abs().compareTo(BigDecimal.ONE) >= 0 ? 2 : 4;
    }
}
