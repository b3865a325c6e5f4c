package dev.tac8.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * A picture of what each day cost: stacked bars below round dollars. What is measured is already worked out: across in per cent, as the page has any width, and
 * downwards in pixels.
 *
 * @param ticks  the lines across, the greatest first
 * @param series what the bars are made of, the lowest first
 */
public record DayChart(List<Tick> ticks, List<Bar> bars, List<Series> series) {
    /** How high the greatest tick lies above the ground. */
    static final int HEIGHT = 220;
    /** Above it there is room for the mark of a bar. */
    static final int TOP = 18;
    private static final int MOST_TICKS = 4;
    private static final double SHARE_OF_BAR = 0.74;
    private static final int CAP = 5;
    private static final int DAYS_BETWEEN_LABELS = 7;
    private static final int FEW_DAYS = 10;
    private static final DateTimeFormatter LABEL = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH);
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("EEEE d MMMM uuuu", Locale.ENGLISH);

    /** A line across. */
    public record Tick(String y, String label) {
    }

    /**
     * What bars are made of.
     *
     * @param style the class of its colour
     * @param total of all days that are shown
     * @param link  what a click leads to, or null
     */
    public record Series(String name, String style, Amount total, String link, boolean isChosen) {
    }

    /** One part of a bar. */
    public record Segment(String style, String y, String height) {
    }

    /**
     * A day.
     *
     * @param name   with its weekday
     * @param middle where its label stands
     * @param label  or null if it has none
     * @param capY   where the mark of a day begins that lacks something; null if it lacks nothing
     * @param parts  its amounts, by the series
     * @param link   to the page of this day alone, or to that of all days if it is the chosen one
     */
    public record Bar(LocalDate day, String name, String x, String width, String middle, String label, List<Segment> segments, String capY, boolean isToday,
                      boolean isChosen, boolean isFaded, Amount total, List<Amount> parts, String link) {
    }

    /** The links of a picture. */
    interface Link {
        String to(LocalDate day);
    }

    /**
     * Draws it.
     *
     * @param days    all days that are shown, in order
     * @param amounts what each series cost, by day
     * @param totals  what each day cost
     * @param chosen  the day that is chosen, or null
     */
    static DayChart of(List<LocalDate> days, Map<Series, Map<LocalDate, Amount>> amounts, Map<LocalDate, Amount> totals, LocalDate today, LocalDate chosen, Link link) {
        double most = totals.values().stream().mapToDouble(Amount::size).max().orElse(0);
        BigDecimal step = step(most);
        int steps = Math.max(1, (int) Math.ceil(most / step.doubleValue() - 1e-9));
        double unit = HEIGHT / (step.doubleValue() * steps);
        List<Tick> ticks = new ArrayList<>();
        for (int i = steps; i >= 0; i--) {
            ticks.add(new Tick(pixels(TOP + HEIGHT - (double) HEIGHT * i / steps), label(step.multiply(BigDecimal.valueOf(i)), step)));
        }
        double slot = 100.0 / days.size();
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < days.size(); i++) {
            LocalDate day = days.get(i);
            Amount total = totals.getOrDefault(day, Amount.NOTHING);
            List<Segment> segments = new ArrayList<>();
            List<Amount> parts = new ArrayList<>();
            double top = TOP + HEIGHT;
            for (Map.Entry<Series, Map<LocalDate, Amount>> one : amounts.entrySet()) {
                Amount part = one.getValue().getOrDefault(day, Amount.NOTHING);
                parts.add(part);
                double height = part.size() * unit;
                if (height > 0) {
                    top -= height;
                    segments.add(new Segment(one.getKey().style(), pixels(top), pixels(height)));
                }
            }
            boolean isLabelled = days.size() <= FEW_DAYS || (days.size() - 1 - i) % DAYS_BETWEEN_LABELS == 0 && (days.size() < 60 || (days.size() - 1 - i) % (2 * DAYS_BETWEEN_LABELS) == 0);
            bars.add(new Bar(day, NAME.format(day), percent(slot * (i + (1 - SHARE_OF_BAR) / 2)), percent(slot * SHARE_OF_BAR), percent(slot * (i + 0.5)),
                    isLabelled ? day.equals(today) ? "today" : LABEL.format(day) : null, segments, total.isPartial() ? pixels(top - CAP) : null, day.equals(today),
                    day.equals(chosen), chosen != null && !day.equals(chosen), total, parts, link.to(day)));
        }
        return new DayChart(ticks, bars, List.copyOf(amounts.keySet()));
    }

    /** The decimals of the amounts in the table behind the picture. */
    public int decimals() {
        return Amount.decimals(bars.stream().map(bar -> bar.total().cost()).filter(Objects::nonNull).max(Comparator.naturalOrder()).orElse(null));
    }

    /** 1, 2 or 5 dollars, or tens, hundreds or tenths of it. */
    private static BigDecimal step(double most) {
        if (!(most > 0) || Double.isInfinite(most)) {
            return BigDecimal.ONE;
        }
        BigDecimal least = BigDecimal.valueOf(most).divide(BigDecimal.valueOf(MOST_TICKS), MathContext.DECIMAL32);
        BigDecimal ten = BigDecimal.ONE.scaleByPowerOfTen(least.precision() - least.scale() - 1);
        for (int factor : new int[] {1, 2, 5}) {
            BigDecimal step = ten.multiply(BigDecimal.valueOf(factor));
            if (step.compareTo(least) >= 0) {
                return step;
            }
        }
        return ten.multiply(BigDecimal.TEN);
    }

    private static String label(BigDecimal dollars, BigDecimal step) {
        int decimals = Math.max(0, step.stripTrailingZeros().scale());
        return dollars.signum() == 0 ? "$0" : "$" + String.format(Locale.ROOT, "%,." + (decimals == 1 ? 2 : decimals) + "f", dollars);
    }

    static String percent(double value) {
        return BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString() + "%";
    }

    private static String pixels(double value) {
        return BigDecimal.valueOf(value).setScale(2, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
    }
}
