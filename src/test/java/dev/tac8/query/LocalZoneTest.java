package dev.tac8.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader's zone is what date says it is. */
@EnabledOnOs(OS.LINUX)
class LocalZoneTest {
    private static final Path ZONES = Path.of("/usr/share/zoneinfo");
    /** An hour before, at, and after each change of the clocks of three years, in Europe and in the United States. */
    private static final List<Instant> MOMENTS = Stream.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe").flatMap(zone ->
            Stream.iterate(Instant.parse("2025-01-01T00:00:00Z"), at -> at.isBefore(Instant.parse("2028-01-01T00:00:00Z")),
                    at -> ZoneId.of(zone).getRules().nextTransition(at).getInstant())).flatMap(at ->
            Stream.of(-3600, -1, 0, 1, 3600).map(seconds -> at.plus(Duration.ofSeconds(seconds)))).toList();

    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"", "UTC", "UTC0", "GMT0", "CET-1", "<+0530>-5:30", "Europe/Berlin", ":Europe/Berlin", "Australia/Lord_Howe",
        "/usr/share/zoneinfo/Europe/Berlin", ":/usr/share/zoneinfo/America/New_York", "CET-1CEST,M3.5.0,M10.5.0/3",
        "EST5EDT,M3.2.0,M11.1.0", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "Mars/Phobos", "nonsense", "US/Eastern",
        "XYZ3ABC2:30,M2.3.4/1:30,M9.4.6/4", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "IST-2IDT,M3.4.4/26,M10.5.0",
        "CET-1CEST,J60/2,J300/3", "CET-1CEST,59/2,299/3", "NZST-12NZDT,M9.5.0,M4.1.0/3", "GMT0BST,M3.5.0/1,M10.5.0",
        "posix/Europe/Berlin", "Africa/Casablanca", "localtime"})
    void isWhatDateSaysForEachFormOfTz(String tz) throws Exception {
        assertThat(offsets(LocalZone.find(tz, ZONES, Path.of("/etc/localtime")).zone())).isEqualTo(asDateSays(tz));
    }

    @Test
    void isTheZoneOfALocaltimeThatIsALinkOrACopy() throws Exception {
        Path link = Files.createSymbolicLink(dir.resolve("link"), ZONES.resolve("Asia/Tokyo"));
        Path copy = Files.copy(ZONES.resolve("Europe/Berlin"), dir.resolve("copy"));

        assertThat(LocalZone.find(null, ZONES, link)).isEqualTo(new LocalZone(ZoneId.of("Asia/Tokyo"), null));
        assertThat(offsets(LocalZone.find(null, ZONES, copy).zone())).isEqualTo(asDateSays(copy.toString()));
        assertThat(LocalZone.find(null, ZONES, dir.resolve("none")).zone()).isEqualTo(ZoneId.of("UTC"));
    }

    /** The C library takes this rule, or the times of day of a file posixrules where an old one still has that. */
    @ParameterizedTest
    @ValueSource(strings = {"CET-1CEST", "AST4ADT", "XYZ3:30ABC2"})
    void aSummerTimeWithoutARuleIsThatOfTheUnitedStates(String tz) throws Exception {
        assertThat(offsets(LocalZone.find(tz, ZONES, dir).zone())).isEqualTo(asDateSays(tz + ",M3.2.0,M11.1.0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"posix", "right"})
    void aFolderOfOtherFormsHoldsTheSameZones(String folder) throws Exception {
        Path zones = Files.createDirectories(dir.resolve("zoneinfo/" + folder + "/Europe")).getParent().getParent();
        Files.copy(ZONES.resolve("Europe/Berlin"), zones.resolve(folder + "/Europe/Berlin"));

        assertThat(LocalZone.find(folder + "/Europe/Berlin", zones, dir)).isEqualTo(new LocalZone(ZoneId.of("Europe/Berlin"), null));
        assertThat(LocalZone.find(folder + "/Europe/Paris", zones, dir).doubt()).contains("is not known here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AAA0BBB,M13.1.0,M10.1.0", "AAA1BBB,J0,J5", "AAA1BBB,400,J5", "AAA1BBB,M3.2.0", "AAA19", "<a1bcd>", "AAA1BBB,0/0,J365/25"})
    void aRuleThatMakesNoSenseIsADoubtAndNoFailure(String tz) {
        assertThat(LocalZone.find(tz, ZONES, dir).doubt()).contains("is not known here");
    }

    /** As a container has it whose host's zone is mounted over what its own localtime leads to. */
    @Test
    void isWhatTheFileHoldsIfItsNameIsAnother() throws Exception {
        Path zones = Files.createDirectories(dir.resolve("zoneinfo/Europe")).getParent();
        Files.createDirectories(zones.resolve("Asia"));
        Path berlin = Files.copy(ZONES.resolve("Asia/Kolkata"), zones.resolve("Europe/Berlin"));
        Path local = Files.createSymbolicLink(dir.resolve("localtime"), berlin);

        assertThat(offsets(LocalZone.find(null, zones, local).zone())).isEqualTo(asDateSays(local.toString()));
        assertThat(offsets(LocalZone.find("Europe/Berlin", zones, dir).zone())).isEqualTo(asDateSays(local.toString()));

        Files.copy(berlin, zones.resolve("Asia/Kolkata"));
        assertThat(LocalZone.find(null, zones, local)).isEqualTo(new LocalZone(ZoneId.of("Asia/Kolkata"), null));
    }

    @Test
    void saysWhatItDoesNotKnow() {
        assertThat(LocalZone.find("Mars/Phobos", ZONES, dir).doubt()).startsWith("the time zone Mars/Phobos is not known here");
        assertThat(LocalZone.find("Europe/Berlin", ZONES, dir).doubt()).isNull();
    }

    private static List<String> offsets(ZoneId zone) {
        return MOMENTS.stream().map(at -> DateTimeFormatter.ofPattern("xx").format(at.atZone(zone))).toList();
    }

    private static List<String> asDateSays(String tz) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("date", "-f", "-", "+%z");
        builder.environment().put("TZ", tz);
        Process date = builder.start();
        try (OutputStream in = date.getOutputStream()) {
            for (Instant moment : MOMENTS) {
                in.write(("@" + moment.getEpochSecond() + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
        return new String(date.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    }
}
