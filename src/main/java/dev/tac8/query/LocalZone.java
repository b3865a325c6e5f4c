package dev.tac8.query;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The time zone of this computer and of whoever asks, as {@code date} has it: TZ, or else /etc/localtime. Java itself believes
 * /etc/timezone before that, and takes a TZ that it does not know for UTC.
 *
 * @param zone  what days and times are shown in
 * @param doubt what there is to be said about it, in a sentence; null where it is sure
 */
public record LocalZone(ZoneId zone, String doubt) {
    private static final Pattern FIXED = Pattern.compile("(?:<[^>]+>|[A-Za-z]{3,})([+-]?)(\\d{1,2})(?::(\\d\\d))?(?::(\\d\\d))?");
    /** Folders of other forms of the same zones, and files that name none. */
    private static final Set<String> NO_ZONES = Set.of("posix", "right", "posixrules", "localtime");

    /**
     * Finds it.
     *
     * @param tz       the variable TZ, or null where it is not set
     * @param zoneinfo holds the zones of this computer
     * @param local    the zone that counts where TZ is not set: /etc/localtime
     */
    public static LocalZone find(String tz, Path zoneinfo, Path local) {
        String name = tz == null ? local.toString() : tz.startsWith(":") ? tz.substring(1) : tz;
        if (name.isEmpty() || tz == null && !Files.exists(local)) {
            return new LocalZone(ZoneOffset.UTC, null);
        }
        ZoneId zone = name.startsWith("/") ? ofFile(Path.of(name), zoneinfo) : named(name);
        zone = zone != null ? zone : fixed(name);
        zone = zone != null ? zone : like(zoneinfo, file -> endsWith(file, name));
        return zone != null ? new LocalZone(zone, null) : asDateSays(name);
    }

    private static ZoneId ofFile(Path file, Path zoneinfo) {
        try {
            String real = file.toRealPath().toString();
            int folder = real.lastIndexOf("/zoneinfo/");
            ZoneId named = folder < 0 ? null : named(real.substring(folder + "/zoneinfo/".length()).replaceFirst("^(posix|right)/", ""));
            // A file without a name, as a container has it, is the copy of one that has.
            byte[] bytes = named == null ? Files.readAllBytes(file) : null;
            return named != null ? named : like(zoneinfo, other -> Files.mismatch(file, other) < 0 && bytes.length > 0);
        } catch (IOException | InvalidPathException e) {
            return null;
        }
    }

    private static ZoneId named(String name) {
        try {
            return ZoneId.getAvailableZoneIds().contains(name) ? ZoneId.of(name) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** As POSIX has it: {@code CET-1} is an hour ahead of UTC. */
    private static ZoneId fixed(String name) {
        Matcher fixed = FIXED.matcher(name);
        if (!fixed.matches()) {
            return null;
        }
        int seconds = (number(fixed.group(2)) * 60 + number(fixed.group(3))) * 60 + number(fixed.group(4));
        return Math.abs(seconds) > ZoneOffset.MAX.getTotalSeconds() ? null
                : ZoneOffset.ofTotalSeconds(fixed.group(1).equals("-") ? seconds : -seconds);
    }

    private static int number(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private interface Test {
        boolean of(Path file) throws IOException;
    }

    /** A zone of this computer that is just like what is looked for. */
    private static ZoneId like(Path zoneinfo, Test test) {
        Predicate<Path> isZone = file -> !NO_ZONES.contains(zoneinfo.relativize(file).getName(0).toString())
                && named(zoneinfo.relativize(file).toString()) != null;
        try (Stream<Path> files = Files.walk(zoneinfo)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile).filter(isZone).sorted()::iterator) {
                if (test.of(file)) {
                    return named(zoneinfo.relativize(file).toString());
                }
            }
            return null;
        } catch (IOException | UncheckedIOException e) {
            return null;
        }
    }

    /** Each zone ends with its rule for the years to come, in the form that TZ may have. */
    private static boolean endsWith(Path file, String rule) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).endsWith("\n" + rule + "\n");
    }

    private static LocalZone asDateSays(String name) {
        ZoneOffset offset = ZoneOffset.UTC;
        try {
            Process date = new ProcessBuilder(List.of("date", "+%z")).start();
            offset = ZoneOffset.of(new String(date.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
        } catch (IOException | DateTimeException e) {
            // Then it is UTC, as date has it for what it does not know.
        }
        return new LocalZone(offset, "the time zone " + name + " is not known here, so all days and times are those of UTC" + (offset == ZoneOffset.UTC
                ? "" : offset) + ", which is what date says now: --zone names another");
    }
}
