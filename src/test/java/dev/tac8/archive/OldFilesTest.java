package dev.tac8.archive;

import static dev.tac8.archive.OldHome.daysAgo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.settings.Settings;
import dev.tac8.archive.FileArchive.Step;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What moves to the external volume, what never does, and that nothing is ever in neither place. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OldFilesTest {
    private static final Instant OLD = Instant.parse("2026-02-03T04:05:06.123456789Z");
    private static final String MONTH = "conversations/2026-02";
    private static final DateTimeFormatter NAME_TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    @TempDir
    private Path dir;
    private OldHome home;

    @BeforeEach
    void makeHome() throws Exception {
        dir = dir.toRealPath();
        home = new OldHome(dir.resolve("home"));
    }

    @Test
    void movesAConversationAsGzipWithItsTimeAndALineThatTellsWhereItWas() throws Exception {
        Path file = home.write("logs/gh/450 ä.jsonl", "{\"n\":1}\n", OLD);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        OldFiles.Done done = home.move();

        JsonNode line = home.manifest(MONTH).get(0);
        String sha256 = OldHome.sha256("{\"n\":1}\n".getBytes());
        assertThat(home.manifest(MONTH)).hasSize(1);
        assertThat(line.get("path").asText()).isEqualTo(file.toString());
        assertThat(line.get("folder").asText()).isEqualTo(home.path("logs").toString());
        assertThat(Instant.parse(line.get("mtime").asText())).isEqualTo(OLD);
        assertThat(Instant.parse(line.get("archived").asText())).isAfter(daysAgo(1));
        assertThat(line.get("bytes").asLong()).isEqualTo(8);
        assertThat(line.get("sha256").asText()).isEqualTo(sha256);
        assertThat(line.get("file").asText()).isEqualTo("gh_450_ä-" + sha256.substring(0, 32) + ".jsonl.gz");
        Path archived = home.path("var/external").resolve(MONTH).resolve(line.get("file").asText());
        assertThat(OldHome.zcat(archived)).asString().isEqualTo("{\"n\":1}\n");
        assertThat(Files.getLastModifiedTime(archived).toInstant()).isEqualTo(OLD);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archived))).isEqualTo("rw-------");
        assertThat(file).doesNotExist();
        assertThat(done).isEqualTo(new OldFiles.Done(1, 0, 8, Files.size(archived), 0, false));
    }

    @Test
    void movesAcknowledgedFilesThatWereBothWrittenAndAcknowledgedLongAgo() throws Exception {
        String hash = "0123456789abcdef0123456789abcdef";
        String old = NAME_TIME.format(daysAgo(31)) + "-" + hash + "-a.jsonl";
        home.write("var/spool/done/" + old, "old", OLD);
        home.write("var/spool/done/" + NAME_TIME.format(daysAgo(29)) + "-" + hash + "-a.jsonl", "acknowledged lately", OLD);
        home.write("var/spool/done/by-hand.jsonl", "by hand", OLD);
        home.write("var/spool/waiting.jsonl", "waiting", OLD);

        assertThat(home.move()).isEqualTo(new OldFiles.Done(0, 2, 10, compressed(), 1, false));
        assertThat(home.manifest("events/2026-02")).extracting(line -> line.get("path").asText()).containsExactlyInAnyOrder(
                home.path("var/spool/done/" + old).toString(), home.path("var/spool/done/by-hand.jsonl").toString());
        assertThat(home.path("var/spool/waiting.jsonl")).exists();
        assertThat(home.path("var/external/conversations")).doesNotExist();
    }

    @Test
    void takesNothingThatIsYoungNoConversationOrReachedByALink() throws Exception {
        home.write("logs/young.jsonl", "young", daysAgo(29));
        for (String name : List.of("logs/a.txt", "logs/.hidden.jsonl", "logs/.git/a.jsonl", "logs/b.jsonl.part", "logs/c.jsonl.gz",
                "outside/d.jsonl")) {
            home.write(name, name, OLD);
        }
        Files.createSymbolicLink(home.path("logs/link.jsonl"), home.path("outside/d.jsonl"));
        Files.createSymbolicLink(home.path("logs/folder"), home.path("outside"));
        Files.createDirectory(home.path("logs/folder.jsonl"));
        new ProcessBuilder("mkfifo", home.path("logs/pipe.jsonl").toString()).start().waitFor();
        new ProcessBuilder("touch", "-d", "2026-02-03", home.path("logs/pipe.jsonl").toString()).start().waitFor();
        home.write("logs/old.jsonl", "old", daysAgo(31));

        assertThat(home.move()).isEqualTo(new OldFiles.Done(1, 0, 3, compressed(), 0, false));
        assertThat(OldHome.files(home.path("outside"))).hasSize(1);
        try (Stream<Path> left = Files.list(home.path("logs"))) {
            assertThat(left).hasSize(10);
        }
    }

    @Test
    void neverTakesAConversationThatAWorkerNamesInAnyWay() throws Exception {
        Files.createSymbolicLink(dir.resolve("link"), home.path("more"));
        home.set("tac8.conversations.dir", "logs," + dir.resolve("link"));
        for (String name : List.of("logs/a.jsonl", "logs/b.jsonl", "logs/deep/c.jsonl", "more/d.jsonl", "more/e.jsonl", "more/f.jsonl",
                "logs/g.jsonl", "logs/h.jsonl")) {
            home.write(name, name, OLD);
        }
        Files.createSymbolicLink(home.path("logs/latest.jsonl"), Path.of("g.jsonl"));
        Files.createSymbolicLink(home.path("logs/elsewhere"), home.path("more"));

        OldFiles.Done done = home.move("logs/a.jsonl", home.path("logs/b.jsonl").toString(), "deep/c.jsonl",
                home.path("more/d.jsonl").toString(), dir.resolve("link/e.jsonl").toString(), "logs/../more/f.jsonl", "logs/latest.jsonl", "\0",
                "", "/etc/passwd");

        assertThat(done).isEqualTo(new OldFiles.Done(1, 0, 12, compressed(), 7, false));
        assertThat(home.path("logs/h.jsonl")).doesNotExist();
        assertThat(home.move("elsewhere/d.jsonl", "./more/../logs//./a.jsonl").kept()).isEqualTo(2);
        assertThat(home.move().conversations()).isEqualTo(2);
    }

    @Test
    void leavesAllConversationsWhereItIsUnknownWhoNamesThem() throws Exception {
        home.write("logs/a.jsonl", "a", OLD);
        home.write("var/spool/done/b.jsonl", "b", OLD);
        Settings settings = home.settings();
        OldFiles files = new OldFiles(() -> settings, home.volume(), name -> Set.of(), () -> false);

        assertThat(files.move((Set<String>) null)).isEqualTo(new OldFiles.Done(0, 1, 1, compressed(), 0, true));
        assertThat(home.path("logs/a.jsonl")).exists();
    }

    @Test
    void takesNoFileOfTheArchiveForAnOriginalWhereTheConversationsLieInIt() throws Exception {
        home.set("tac8.conversations.dir", home.path("var/external/conversations") + "," + home.path("var"));
        home.write("var/external/conversations/2026-02/gh-450.jsonl", "filed by month", OLD);
        home.write("var/external/conversations/manifest.jsonl", "a conversation", OLD);
        home.write("var/external/conversations/gh-451.jsonl", "on the volume", OLD);
        home.write("var/spool/done/b.jsonl", "b", OLD);
        home.write("var/spool/waiting.jsonl", "waiting", OLD);
        home.write("var/spool/quarantine/q.jsonl", "bad", OLD);

        assertThat(home.move()).isEqualTo(new OldFiles.Done(3, 1, 42, compressed(), 0, false));
        for (String folder : List.of(MONTH, "events/2026-02")) {
            OldHome.touch(home.path("var/external").resolve(folder).resolve("manifest.jsonl"), OLD);
        }
        List<Path> before = OldHome.files(dir);
        assertThat(home.move()).isEqualTo(new OldFiles.Done(0, 0, 0, 0, 0, false));
        assertThat(OldHome.files(dir)).isEqualTo(before);
        assertThat(home.manifest(MONTH)).hasSize(3);
        assertThat(home.path("var/spool/waiting.jsonl")).exists();
    }

    @Test
    void keepsEachVersionOfANameThatIsUsedAgain() throws Exception {
        for (String text : List.of("first", "second", "first")) {
            home.write("logs/a.jsonl", text, OLD);
            assertThat(home.move().conversations()).isEqualTo(1);
        }
        home.write("logs/a.jsonl", "first", OLD.plusSeconds(1));
        assertThat(home.move().conversations()).isEqualTo(1);

        // The same content at another time is a version too; the same at the same time is a line that is there already.
        assertThat(home.manifest(MONTH)).extracting(line -> line.get("mtime").asText().substring(17, 19)).containsExactly("06", "06", "07");
        assertThat(OldHome.contents(home.path(""), home.path("var/external")).get("logs/a.jsonl"))
                .containsExactlyInAnyOrder(OldHome.sha256("first".getBytes()), OldHome.sha256("second".getBytes()));
    }

    @Test
    void namesOfAnyLengthAndLanguageFit() throws Exception {
        home.write("logs/" + "ä".repeat(124) + ".jsonl", "1", OLD);
        home.write("logs/" + "d".repeat(250) + "/" + "😀:*?\"<>|\n".repeat(10) + ".jsonl", "2", OLD);

        assertThat(home.move().conversations()).isEqualTo(2);
        assertThat(OldHome.contents(home.path(""), home.path("var/external"))).hasSize(2);
        assertThat(home.manifest(MONTH)).extracting(line -> line.get("file").asText())
                .allSatisfy(name -> assertThat(name).doesNotContainPattern("[:*?\"<>|\n]"));
    }

    /** Moves more than one batch of files, and is cut off in the first and in a later one. */
    @ParameterizedTest
    @EnumSource
    void nothingIsInNeitherPlaceWhereverTheProcessEnds(Step step) throws Exception {
        Map<String, Set<String>> expected = manyFiles(120);
        int perFile = step.ordinal() <= Step.PART_RENAMED.ordinal() || step == Step.DELETED ? 60 : 1;
        for (int pass : new int[] {1, perFile, step == Step.DELETED ? 59 : perFile + 1}) {
            run(step.name(), pass, OldHome.EXIT_CODE);
            assertThat(OldHome.contents(home.path(""), home.path("var/external"))).as("after pass " + pass).isEqualTo(expected);
            tear(home.path("var/external/conversations/2026-02/manifest.jsonl"));
            assertThat(OldHome.contents(home.path(""), home.path("var/external"))).as("torn after pass " + pass).isEqualTo(expected);
        }
        run("none", 0, 0);

        assertConverged(expected);
    }

    @Test
    @Tag("thorough")
    void nothingIsInNeitherPlaceWheneverTheProcessIsKilled() throws Exception {
        Map<String, Set<String>> expected = manyFiles(500);
        Random random = new Random();
        int kills = 0;
        int atWork = 0;
        int patience = 300;
        for (long left = 500; left > 0 && kills < 15; kills++) {
            Process process = new ProcessBuilder(OldHome.command(home.path(""), "none", 0)).redirectErrorStream(true).start();
            // From when it has begun on.
            process.getInputStream().read();
            process.waitFor(random.nextInt(patience), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            long before = left;
            left = OldHome.files(home.path("logs")).size() + OldHome.files(home.path("var/spool/done")).size();
            atWork += left < before ? 1 : 0;
            patience *= left < before ? 1 : 2;
            assertThat(OldHome.contents(home.path(""), home.path("var/external"))).as("after kill " + kills).isEqualTo(expected);
        }
        run("none", 0, 0);

        System.out.println(kills + " kills, " + atWork + " after files had moved");
        assertThat(atWork).isPositive();
        assertConverged(expected);
    }

    @Test
    void aFileThatSomebodyWritesToMeanwhileStays() throws Exception {
        for (Step step : List.of(Step.PART_BEGUN, Step.PART_WRITTEN, Step.PART_VERIFIED, Step.PART_RENAMED, Step.LINES_WRITTEN)) {
            Path file = home.write("logs/" + step + ".jsonl", "before", OLD);

            OldFiles.Done done = home.move(now -> {
                if (now == step) {
                    write(file, " after");
                }
            });

            assertThat(Files.readString(file)).as(step.name()).isEqualTo("before after");
            assertThat(done.conversations()).as(step.name()).isZero();
            assertThat(done.kept()).as(step.name()).isEqualTo(1);
            Files.delete(file);
        }
    }

    @Test
    void deletesNothingWhereTheVolumeGoesAwayOrAnotherDiskTakesItsPlace() throws Exception {
        for (Step step : List.of(Step.PART_BEGUN, Step.PART_RENAMED, Step.FOLDER_FORCED, Step.LINES_WRITTEN)) {
            for (boolean twin : new boolean[] {false, true}) {
                OldHome one = new OldHome(dir.resolve(step + "-" + twin));
                Path file = one.write("logs/a.jsonl", "a", OLD);
                Path external = one.path("var/external");

                assertThatThrownBy(() -> one.move(now -> {
                    if (now == step) {
                        swap(external, twin);
                    }
                })).as(step + " " + twin).isInstanceOf(StoreException.class)
                        .hasMessageMatching("[^\n]*(stay|stays) where (they are|it is)[^\n]*");

                assertThat(file).as(step + " " + twin).hasContent("a");
            }
        }
    }

    @Test
    void trustsNoDiskThatGivesBackOtherBytes() throws Exception {
        Path file = home.write("logs/a.jsonl", "a".repeat(1000), OLD);

        assertThatThrownBy(() -> home.move(now -> {
            if (now == Step.PART_WRITTEN) {
                damage(home.path("var/external").resolve(MONTH));
            }
        })).isInstanceOf(StoreException.class).hasMessageContaining("reads back otherwise");

        assertThat(file).exists();
        assertThat(home.move().conversations()).isEqualTo(1);
    }

    @Test
    void aDamagedCopyOfTheSameContentIsReplaced() throws Exception {
        home.write("logs/a.jsonl", "a".repeat(1000), OLD);
        home.move();
        damage(home.path("var/external").resolve(MONTH));
        home.write("logs/a.jsonl", "a".repeat(1000), OLD);

        assertThat(home.move().conversations()).isEqualTo(1);

        assertThat(OldHome.contents(home.path(""), home.path("var/external")).get("logs/a.jsonl")).hasSize(1);
        assertThat(ArchivedFiles.of(home.settings()).verify(null, (month, files, bytes) -> { }).faults()).isEmpty();
    }

    @Test
    void aFolderThatCannotBeReadHoldsUpNoOtherFile() throws Exception {
        home.write("logs/" + "d/".repeat(60) + "deep.jsonl", "deep", OLD);
        home.write("logs/a.jsonl", "a", OLD);
        home.set("tac8.conversations.dir", "logs,nowhere," + home.path("logs/a.jsonl"));

        assertThat(home.move()).isEqualTo(new OldFiles.Done(1, 0, 1, compressed(), 1, false));
        assertThat(home.path("logs/" + "d/".repeat(60) + "deep.jsonl")).exists();
    }

    @Test
    void writesNothingToAnEmptyMountPointOrAnotherVolume() throws Exception {
        Path file = home.write("logs/a.jsonl", "a", OLD);
        home.volume().check();
        Files.writeString(home.path("var/external").resolve(Volume.MARKER), "99999999-2222-3333-4444-555555555555");

        assertThatThrownBy(() -> home.move()).isInstanceOf(StoreException.class).hasMessageContaining("is another one");
        Files.delete(home.path("var/external").resolve(Volume.MARKER));
        assertThatThrownBy(() -> home.move()).isInstanceOf(StoreException.class).hasMessageContaining("no tac8 volume is mounted");

        assertThat(file).exists();
        assertThat(OldHome.files(home.path("var/external"))).isEmpty();
    }

    @Test
    void followsNoLinkInTheArchive() throws Exception {
        Path file = home.write("logs/a.jsonl", "a", OLD);
        Files.createDirectories(home.path("var/external/conversations"));
        Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
        Files.createSymbolicLink(home.path("var/external/" + MONTH), elsewhere);

        assertThatThrownBy(() -> home.move()).isInstanceOf(StoreException.class)
                .hasMessageContaining("is a link, and links are not followed");

        assertThat(file).exists();
        assertThat(OldHome.files(elsewhere)).isEmpty();
    }

    @Test
    @Tag("thorough")
    void movesAFileOf200MegabytesInAHeapOf32() throws Exception {
        Path file = home.write("logs/a.jsonl", "", OLD);
        byte[] some = "{\"type\":\"user\",\"message\":\"of some length\"}\n".repeat(25_000).getBytes();
        for (int i = 0; i < 200; i++) {
            Files.write(file, some, StandardOpenOption.APPEND);
        }
        OldHome.touch(file, OLD);
        assertThat(Files.size(file)).isGreaterThan(200_000_000);

        assertThat(run("none", 0, 0, "-Xmx32m")).contains("conversations=1,");
        assertThat(file).doesNotExist();
    }

    private String run(String step, int pass, int exitCode, String... options) throws Exception {
        Process process = new ProcessBuilder(OldHome.command(home.path(""), step, pass, options)).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isEqualTo(exitCode);
        return output;
    }

    private Map<String, Set<String>> manyFiles(int count) throws Exception {
        Map<String, Set<String>> expected = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String name = i % 5 == 4 ? "var/spool/done/" + i + ".jsonl" : (i % 10 == 3 ? "logs/sub/" : "logs/") + i + ".jsonl";
            String text = i % 7 == 0 ? "the same" : "file " + i + "\n".repeat(i);
            home.write(name, text, i % 5 == 3 ? OLD.plusSeconds(86_400 * 40) : OLD);
            expected.put(name, new TreeSet<>(Set.of(OldHome.sha256(text.getBytes()))));
        }
        return expected;
    }

    private void assertConverged(Map<String, Set<String>> expected) throws Exception {
        assertThat(OldHome.contents(home.path(""), home.path("var/external"))).isEqualTo(expected);
        assertThat(OldHome.files(home.path("logs"))).isEmpty();
        assertThat(OldHome.files(home.path("var/spool/done"))).isEmpty();
        assertThat(OldHome.files(home.path("var/external"))).noneMatch(path -> path.toString().endsWith(".part"));
        ArchivedFiles.Checked checked = ArchivedFiles.of(home.settings()).verify(null, (month, files, bytes) -> { });
        assertThat(checked.faults()).isEmpty();
        int lines = 0;
        for (String folder : List.of(MONTH, "conversations/2026-03", "events/2026-02")) {
            lines += home.manifest(folder).size();
        }
        assertThat(lines).as("no line twice").isEqualTo(expected.size());
    }

    /** What a power cut leaves of a line that was just being written. */
    private static void tear(Path manifest) throws IOException {
        if (Files.exists(manifest)) {
            Files.writeString(manifest, "{\"path\":\"/a", StandardOpenOption.APPEND);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes the volume away; a twin, as of a disk that was copied whole, has its marker and all its files. */
    private static void swap(Path external, boolean twin) {
        try {
            Path away = external.resolveSibling("away");
            Files.move(external, away);
            if (twin) {
                new ProcessBuilder("cp", "-a", away.toString(), external.toString()).inheritIO().start().waitFor();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Changes a byte in the middle of each compressed file. */
    private static void damage(Path month) {
        try {
            for (Path file : OldHome.files(month)) {
                if (!file.endsWith("manifest.jsonl")) {
                    byte[] bytes = Files.readAllBytes(file);
                    bytes[bytes.length - 6] ^= 1;
                    Files.write(file, bytes);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What all compressed files take. */
    private long compressed() throws IOException {
        long bytes = 0;
        for (Path file : OldHome.files(home.path("var/external"))) {
            bytes += file.toString().endsWith(".jsonl.gz") ? Files.size(file) : 0;
        }
        return bytes;
    }
}
