package dev.tac8.query;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.Year;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.time.zone.ZoneRulesException;
import java.time.zone.ZoneRulesProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A time zone that is written out, as POSIX has it: {@code CET-1} is an hour ahead of UTC, {@code CET-1CEST,M3.5.0,M10.5.0/3} in winter. */
final class PosixZone extends ZoneRulesProvider {
    private static final String NAME = "(?:<[^>]+>|[A-Za-z]{3,})";
    private static final String OFFSET = "([+-]?\\d{1,2}(?::\\d\\d){0,2})";
    private static final String CHANGE = ",(?:M(\\d{1,2})\\.([1-5])\\.([0-6])|(J?)(\\d{1,3}))(?:/([+-]?\\d{1,3}(?::\\d\\d){0,2}))?";
    private static final Pattern ZONE = Pattern.compile(NAME + OFFSET + "(?:(" + NAME + ")" + OFFSET + "?(" + CHANGE + CHANGE + ")?)?");
    /** What the C library takes if there is a summer time but no rule. */
    private static final String DEFAULT_RULE = ",M3.2.0,M11.1.0";
    private static final int FIRST_YEAR = 1900;
    private static final int LAST_YEAR = 2200;

    private final String id;
    private final ZoneRules rules;

    private PosixZone(String id, ZoneRules rules) {
        this.id = id;
        this.rules = rules;
    }

    /** @return null if the text is not a zone, or if Java has no such zone */
    static ZoneId of(String text) {
        Matcher zone = ZONE.matcher(text);
        boolean summer = zone.matches() && zone.group(2) != null;
        if (summer && zone.group(4) == null) {
            zone = ZONE.matcher(text + DEFAULT_RULE);
        }
        if (!zone.matches()) {
            return null;
        }
        long standard = -seconds(zone.group(1));
        long summerTime = !summer ? standard : zone.group(3) == null ? standard + Duration.ofHours(1).toSeconds() : -seconds(zone.group(3));
        if (Math.max(Math.abs(standard), Math.abs(summerTime)) > ZoneOffset.MAX.getTotalSeconds()) {
            return null;
        }
        ZoneOffset winter = ZoneOffset.ofTotalSeconds((int) standard);
        return standard == summerTime ? winter : changing(text, zone, winter, ZoneOffset.ofTotalSeconds((int) summerTime));
    }

    private static ZoneId changing(String text, Matcher zone, ZoneOffset winter, ZoneOffset summer) {
        List<ZoneOffsetTransition> changes = new ArrayList<>();
        for (int year = FIRST_YEAR; year <= LAST_YEAR; year++) {
            LocalDate start = day(zone, 5, year);
            LocalDate end = day(zone, 11, year);
            if (start == null || end == null) {
                return null;
            }
            changes.add(ZoneOffsetTransition.of(start.atStartOfDay().plusSeconds(time(zone, 10)), winter, summer));
            changes.add(ZoneOffsetTransition.of(end.atStartOfDay().plusSeconds(time(zone, 16)), summer, winter));
        }
        changes.sort(Comparator.comparing(ZoneOffsetTransition::getInstant));
        for (int i = 1; i < changes.size(); i++) {
            if (!changes.get(i - 1).getInstant().isBefore(changes.get(i).getInstant())
                    || changes.get(i - 1).getOffsetBefore().equals(changes.get(i).getOffsetBefore())) {
                // A summer without a winter, or the other way round.
                return null;
            }
        }
        String id = "TZ/" + text.replaceAll("[^A-Za-z0-9/._+-]", "~");
        try {
            registerProvider(new PosixZone(id, ZoneRules.of(winter, changes.get(0).getOffsetBefore(), List.of(), changes, List.of())));
        } catch (ZoneRulesException e) {
            // It is known already.
        }
        return ZoneId.of(id);
    }

    /** The day of a change; null if the rule does not name one. */
    private static LocalDate day(Matcher zone, int group, int year) {
        if (zone.group(group) == null) {
            int number = Integer.parseInt(zone.group(group + 4));
            boolean julian = !zone.group(group + 3).isEmpty();
            // With a J no year has a 29th of February, without one days count from 0.
            int day = julian ? number + (Year.isLeap(year) && number > 59 ? 1 : 0) : number + 1;
            return julian && number == 0 || number > 365 ? null : LocalDate.of(year, 1, 1).plusDays(day - 1);
        }
        int month = Integer.parseInt(zone.group(group));
        int week = Integer.parseInt(zone.group(group + 1));
        DayOfWeek weekday = DayOfWeek.SUNDAY.plus(Integer.parseInt(zone.group(group + 2)));
        return month < 1 || month > 12 ? null : LocalDate.of(year, month, 1).with(week == 5 ? TemporalAdjusters.lastInMonth(weekday)
                : TemporalAdjusters.dayOfWeekInMonth(week, weekday));
    }

    private static long time(Matcher zone, int group) {
        return zone.group(group) == null ? Duration.ofHours(2).toSeconds() : seconds(zone.group(group));
    }

    private static long seconds(String text) {
        String[] parts = text.replaceFirst("^[+-]", "").split(":");
        long seconds = 0;
        for (int i = 0; i < 3; i++) {
            seconds = seconds * 60 + (i < parts.length ? Integer.parseInt(parts[i]) : 0);
        }
        return text.startsWith("-") ? -seconds : seconds;
    }

    @Override
    protected Set<String> provideZoneIds() {
        return Set.of(id);
    }

    @Override
    protected ZoneRules provideRules(String zoneId, boolean forCaching) {
        return rules;
    }

    @Override
    protected NavigableMap<String, ZoneRules> provideVersions(String zoneId) {
        return new TreeMap<>(Map.of("1", rules));
    }
}
