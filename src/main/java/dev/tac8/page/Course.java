package dev.tac8.page;

import dev.tac8.query.Rows;
import dev.tac8.query.Table;
import dev.tac8.status.Words;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How the calls of a worker went on: what they have cost by then, and where some failed.
 *
 * @param line   the points of the sum, in thousandths of the picture
 * @param area   the same, closed below
 * @param most   what the upper edge stands for
 * @param steps  the same as a table
 * @param failed where calls failed
 * @param begun  where the worker began, or null
 * @param ended  where it ended, or null
 */
public record Course(List<Picture.Tick> ticks, List<Picture.Gap> gaps, String line, String area, String most, List<Step> steps, List<Picture.Mark> failed, String begun,
                     String ended) {
    /** The height of the picture, and of what lies above and below the line. */
    public static final int HEIGHT = 150;
    /** Where the picture of the sum begins and ends. */
    public static final int TOP = 40;
    public static final int BOTTOM = 140;
    private static final int PARTS = 1000;

    /** A line of the table. */
    public record Step(String until, String calls, String failed, String cost) {
    }

    /**
     * Draws it.
     *
     * @param rows  as {@code sql/query/worker-course.sql} answers
     * @param begin when the worker began, or null
     * @param end   when it ended, or null
     * @return null if it has made no call
     */
    static Course draw(Request request, Rows rows, Instant begin, Instant end) {
        if (rows.isEmpty()) {
            return null;
        }
        List<TimeScale.Span> spans = new ArrayList<>();
        if (begin != null) {
            spans.add(new TimeScale.Span(begin, begin));
        }
        if (end != null) {
            spans.add(new TimeScale.Span(end, end));
        }
        rows.rows().forEach(row -> spans.add(new TimeScale.Span(Instant.parse((String) row[0]), Instant.parse((String) row[1]))));
        TimeScale scale = new TimeScale(spans);
        boolean isMoney = rows.rows().stream().anyMatch(row -> row[4] instanceof Number);
        List<BigDecimal> sums = new ArrayList<>();
        BigDecimal sum = BigDecimal.ZERO;
        long without = 0;
        List<Step> steps = new ArrayList<>();
        List<Picture.Mark> failed = new ArrayList<>();
        long calls = 0;
        for (Object[] row : rows.rows()) {
            sum = sum.add(amount(row[isMoney ? 4 : 2]));
            sums.add(sum);
            calls += ((Number) row[2]).longValue();
            without += ((Number) row[5]).longValue();
            long errors = ((Number) row[3]).longValue();
            String until = time(request, (String) row[1]);
            steps.add(new Step(until, Table.whole(calls), errors == 0 ? "" : Table.whole(errors), !isMoney ? "unknown" : (without > 0 ? "≥ " : "") + Table.dollars(sum, 4)));
            if (errors > 0) {
                String at = (String) row[1];
                failed.add(new Picture.Mark(Picture.percent(scale.at(Instant.parse(at))), "error", (int) errors, "#calls",
                        Words.count(errors, "call") + " failed by " + until));
            }
        }
        double most = Math.min(Math.max(sum.doubleValue(), Double.MIN_NORMAL), Double.MAX_VALUE);
        StringBuilder line = new StringBuilder();
        double y = 0;
        Instant last = null;
        for (int i = 0; i < rows.rows().size(); i++) {
            Instant since = Instant.parse((String) rows.rows().get(i)[0]);
            last = Instant.parse((String) rows.rows().get(i)[1]);
            point(line, scale.at(since), y);
            y = Math.min(sums.get(i).doubleValue() / most, 1);
            point(line, scale.at(last), y);
        }
        if (end != null && end.isAfter(last)) {
            point(line, scale.at(end), y);
        }
        double first = scale.at(Instant.parse((String) rows.rows().get(0)[0]));
        double lastAt = scale.at(end != null && end.isAfter(last) ? end : last);
        return new Course(scale.ticks(request.zone()), scale.gaps(), line.toString(), x(first) + "," + PARTS + " " + line + x(lastAt) + "," + PARTS,
                isMoney ? (without > 0 ? "≥ " : "") + Table.dollars(sum, sum.compareTo(BigDecimal.ONE) < 0 ? 4 : 2) : Words.count(calls, "call"), steps, failed,
                begin == null ? null : Picture.percent(scale.at(begin)), end == null ? null : Picture.percent(scale.at(end)));
    }

    private static String time(Request request, String stored) {
        String local = Instant.parse(stored).atZone(request.zone()).toLocalDateTime().withNano(0).toString().replace('T', ' ');
        return local.length() == "2026-11-22 09:12".length() ? local + ":00" : local;
    }

    private static BigDecimal amount(Object value) {
        return value instanceof Double number && !Double.isFinite(number) || value == null ? BigDecimal.ZERO : new BigDecimal(value.toString());
    }

    private static void point(StringBuilder line, double at, double y) {
        line.append(x(at)).append(',').append(String.format(Locale.ROOT, "%.1f", PARTS * (1 - y))).append(' ');
    }

    private static String x(double at) {
        return String.format(Locale.ROOT, "%.2f", at / 100 * PARTS);
    }
}
