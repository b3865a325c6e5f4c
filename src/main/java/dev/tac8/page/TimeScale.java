package dev.tac8.page;

import dev.tac8.query.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** Where moments stand on a line, in per cent of its length: the same length of time is the same part everywhere, but long times without anything are left out. */
final class TimeScale {
    private static final double BEGIN = 1.5;
    private static final double END = 98.5;
    private static final double GAP = 2.6;
    private static final int MOST_GAPS = 12;
    /** What is left out, as a part of all that is shown. */
    private static final double LEAST_GAP = 0.2;
    /** Times that are left alone if nothing lasts: only one that is longer than all others is left out. */
    private static final double MOST_OF_MOMENTS = 0.6;
    private static final double MOST_IDLE = 1.5;
    private static final double LEAST_TICK = 8;
    private static final List<Integer> STEPS = List.of(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
            1_209_600, 2_592_000, 7_776_000, 31_536_000);
    private static final int DAY_SECONDS = 86_400;
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("MM-dd", Locale.ROOT);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    /** A letter of a label, and the narrowest and a usual picture, in pixels. */
    private static final double LETTER = 6.8;
    private static final double NARROW = 290;
    private static final double WIDE = 1000;

    private final List<Part> parts = new ArrayList<>();
    private double perSecond;

    /**
     * Times at which something goes on.
     *
     * @param to the same as {@code from} for a moment
     */
    record Span(Instant from, Instant to) {
    }

    private record Part(Instant from, Instant to, double begin, double end) {
    }

    /** @param spans at least one */
    TimeScale(List<Span> spans) {
        List<Span> busy = joined(spans);
        double scale = END - BEGIN;
        List<Span> shown = withoutGaps(busy);
        double seconds = shown.stream().mapToDouble(span -> seconds(span.from, span.to)).sum();
        scale -= GAP * (shown.size() - 1);
        perSecond = seconds == 0 ? 0 : scale / seconds;
        double at = BEGIN + (seconds == 0 && shown.size() == 1 ? scale / 2 : 0);
        for (Span span : shown) {
            double end = at + perSecond * seconds(span.from, span.to);
            parts.add(new Part(span.from, span.to, at, end));
            at = end + GAP;
        }
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }

    private static List<Span> joined(List<Span> spans) {
        List<Span> joined = new ArrayList<>();
        for (Span span : spans.stream().sorted(Comparator.comparing(Span::from)).toList()) {
            Span last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last == null || span.from.isAfter(last.to)) {
                joined.add(span);
            } else if (span.to.isAfter(last.to)) {
                joined.set(joined.size() - 1, new Span(last.from, span.to));
            }
        }
        return joined;
    }

    /** What is shown in one piece each. */
    private static List<Span> withoutGaps(List<Span> busy) {
        List<Double> gaps = new ArrayList<>();
        for (int i = 1; i < busy.size(); i++) {
            gaps.add(seconds(busy.get(i - 1).to, busy.get(i).from));
        }
        double active = busy.stream().mapToDouble(span -> seconds(span.from, span.to)).sum();
        double idle = gaps.stream().mapToDouble(Double::doubleValue).sum();
        TreeSet<Double> left = new TreeSet<>();
        double all = active + idle;
        double rest = all;
        for (double gap : gaps.stream().sorted(Comparator.reverseOrder()).limit(MOST_GAPS).toList()) {
            boolean isLong = active > 0 ? idle > MOST_IDLE * active && gap > LEAST_GAP * active : gap > MOST_OF_MOMENTS * rest && gap < rest;
            if (isLong) {
                left.add(gap);
                rest -= gap;
            }
        }
        List<Span> shown = new ArrayList<>(List.of(busy.get(0)));
        int gapsLeft = 0;
        for (int i = 1; i < busy.size(); i++) {
            if (left.contains(gaps.get(i - 1)) && gapsLeft < MOST_GAPS) {
                gapsLeft++;
                shown.add(busy.get(i));
            } else {
                shown.set(shown.size() - 1, new Span(shown.get(shown.size() - 1).from, busy.get(i).to));
            }
        }
        return shown;
    }

    /** Where a moment stands. */
    double at(Instant moment) {
        for (Part part : parts) {
            if (moment.isBefore(part.from)) {
                return Math.max(BEGIN, part.begin - GAP / 2);
            } else if (!moment.isAfter(part.to)) {
                return part.begin + perSecond * seconds(part.from, moment);
            }
        }
        return parts.get(parts.size() - 1).end;
    }

    /** The times that are left out. */
    List<Picture.Gap> gaps() {
        List<Picture.Gap> gaps = new ArrayList<>();
        double taken = 0;
        for (int i = 1; i < parts.size(); i++) {
            double middle = parts.get(i).begin - GAP / 2;
            String words = Table.duration(seconds(parts.get(i - 1).to, parts.get(i).from));
            double half = words.length() * LETTER / WIDE * 100 / 2;
            boolean isNamed = middle - half > taken;
            taken = isNamed ? middle + half : taken;
            gaps.add(new Picture.Gap(Picture.percent(middle - GAP / 4), Picture.percent(GAP / 2), Picture.percent(middle), words, isNamed));
        }
        return gaps;
    }

    /** Round times, with the day where it changes; as many as there is room for. */
    List<Picture.Tick> ticks(ZoneId zone) {
        List<Picture.Tick> ticks = new ArrayList<>();
        int step = STEPS.stream().filter(seconds -> seconds * perSecond >= LEAST_TICK).findFirst().orElse(STEPS.get(STEPS.size() - 1));
        double[] taken = {-1000, -1000};
        LocalDate day = null;
        for (Part part : parts) {
            for (Instant time : times(part, step, zone)) {
                ZonedDateTime local = time.atZone(zone);
                boolean isNewDay = !local.toLocalDate().equals(day);
                String text = (isNewDay ? (day == null ? DATE : DAY).format(local) : "") + (step >= DAY_SECONDS && !time.equals(part.from) ? ""
                        : (isNewDay ? " " : "") + (step < 60 ? SECONDS : TIME).format(local));
                double at = at(time);
                boolean isNarrow = fits(text, at, NARROW, taken, 0);
                if (!text.isEmpty() && fits(text, at, WIDE, taken, 1)) {
                    day = local.toLocalDate();
                    if (isNarrow) {
                        take(text, at, NARROW, taken, 0);
                    }
                    take(text, at, WIDE, taken, 1);
                    ticks.add(new Picture.Tick(Picture.percent(at), text, anchor(at), !isNarrow));
                }
            }
        }
        return ticks;
    }

    /** The beginning of a part, and the round times in it. */
    private List<Instant> times(Part part, int step, ZoneId zone) {
        List<Instant> times = new ArrayList<>(List.of(part.from));
        long offset = zone.getRules().getOffset(part.from).getTotalSeconds();
        long first = Math.floorDiv(part.from.getEpochSecond() + offset, step) * step + step - offset;
        for (Instant time = Instant.ofEpochSecond(first); time.isBefore(part.to) && perSecond > 0; time = time.plus(step, ChronoUnit.SECONDS)) {
            times.add(time);
        }
        return times;
    }

    private static String anchor(double at) {
        return at < 5 ? "start" : at > 95 ? "end" : "middle";
    }

    private static double begin(String text, double at, double width) {
        double length = text.length() * LETTER;
        return at / 100 * width - switch (anchor(at)) {
            case "start" -> 0;
            case "end" -> length;
            default -> length / 2;
        };
    }

    private static boolean fits(String text, double at, double width, double[] taken, int which) {
        double begin = begin(text, at, width);
        return begin > taken[which] + LETTER && begin + text.length() * LETTER <= width;
    }

    private static void take(String text, double at, double width, double[] taken, int which) {
        taken[which] = begin(text, at, width) + text.length() * LETTER;
    }
}
