package dev.tac8.query;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The time zone of this computer and of its user, as {@code date} has it: TZ, or else /etc/localtime. Java itself believes
 * /etc/timezone before that, and takes a TZ that it does not know for UTC.
 *
 * @param zone  what days and times are shown in
 * @param doubt why it may be wrong, in a sentence; null if it is sure
 */
public record LocalZone(ZoneId zone, String doubt) {
    private static final Path ZONES = Path.of("/usr/share/zoneinfo");
    private static final Path LOCAL = Path.of("/etc/localtime");
    /** When no zone has changes of its own any more, but what its rule says. */
    private static final Instant RULE_ALONE = Instant.parse("2100-01-01T00:00:00Z");
    /** Folders of other forms of the same zones, and files that name none. */
    private static final Set<String> NO_ZONES = Set.of("posix", "right", "posixrules", "localtime");

    /** Java's name for the offset of UTC is Z, which is no word for people. */
    public LocalZone {
        zone = zone.equals(ZoneOffset.UTC) ? ZoneId.of("UTC") : zone;
    }

    /** That of this computer. @param tz the variable TZ, or null if it is not set */
    public static LocalZone here(String tz) {
        return find(tz, ZONES, LOCAL);
    }

    /**
     * Finds it.
     *
     * @param tz       the variable TZ, or null if it is not set
     * @param zoneinfo holds the zones of this computer
     * @param local    the zone that counts if TZ is not set: /etc/localtime
     */
    public static LocalZone find(String tz, Path zoneinfo, Path local) {
        String name = tz == null ? local.toString() : tz.startsWith(":") ? tz.substring(1) : tz;
        if (name.isEmpty() || tz == null && !Files.exists(local)) {
            return new LocalZone(ZoneOffset.UTC, null);
        }
        ZoneId zone = ofFile(name, zoneinfo);
        zone = zone != null ? zone : named(name);
        zone = zone != null ? zone : PosixZone.of(name);
        return zone != null ? new LocalZone(zone, null) : asDateSays(name);
    }

    /** What a file holds counts, as for date; the name that it has, or that another file with the same in it has, is for people. */
    private static ZoneId ofFile(String name, Path zoneinfo) {
        try {
            Path file = zoneinfo.resolve(name);
            if (!Files.isRegularFile(file)) {
                return null;
            }
            String real = file.toRealPath().toString();
            int folder = real.lastIndexOf("/zoneinfo/");
            ZoneId named = folder < 0 ? null : named(real.substring(folder + "/zoneinfo/".length()).replaceFirst("^(posix|right)/", ""));
            byte[] bytes = Files.readAllBytes(file);
            ZoneId rule = rule(bytes);
            if (named != null && agree(named, rule)) {
                return named;
            }
            ZoneId other = bytes.length == 0 ? null : like(zoneinfo, (zone, its) -> agree(zone, rule) && Files.mismatch(file, its) < 0);
            return other != null ? other : rule;
        } catch (IOException | InvalidPathException e) {
            return null;
        }
    }

    /** Each zone's file ends with its rule for the years to come, in the form that TZ may have; null if it has none. */
    private static ZoneId rule(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.length() - 1;
        return end < 1 || text.charAt(end) != '\n' ? null : PosixZone.of(text.substring(text.lastIndexOf('\n', end - 1) + 1, end));
    }

    /** Whether a zone of Java's is the one whose rule it is: another file may have been mounted over that of its name. */
    private static boolean agree(ZoneId zone, ZoneId rule) {
        return rule == null || IntStream.range(0, 2 * 366).mapToObj(day -> RULE_ALONE.plus(Duration.ofDays(day)))
                .allMatch(at -> zone.getRules().getOffset(at).equals(rule.getRules().getOffset(at)));
    }

    private static ZoneId named(String name) {
        try {
            return ZoneId.getAvailableZoneIds().contains(name) ? ZoneId.of(name) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private interface Test {
        boolean of(ZoneId zone, Path file) throws IOException;
    }

    /** A zone of this computer that is just like what is looked for. */
    private static ZoneId like(Path zoneinfo, Test test) {
        Predicate<Path> isZone = file -> !NO_ZONES.contains(zoneinfo.relativize(file).getName(0).toString())
                && named(zoneinfo.relativize(file).toString()) != null;
        try (Stream<Path> files = Files.walk(zoneinfo)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile).filter(isZone).sorted()::iterator) {
                ZoneId zone = named(zoneinfo.relativize(file).toString());
                if (test.of(zone, file)) {
                    return zone;
                }
            }
            return null;
        } catch (IOException | UncheckedIOException e) {
            return null;
        }
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
