package dev.tac8.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as somebody meets it who has just cloned: really built, by Maven, in folders that no test shares but the first build. */
@Tag("thorough")
@EnabledOnOs(OS.LINUX)
class LauncherIT {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final List<String> TOOLS = List.of("cat", "cksum", "date", "dirname", "find", "flock", "grep", "head", "locale", "ln",
            "mkdir", "mv", "readlink", "rm", "sed", "sort", "touch");
    private static final FileAttribute<?> EXECUTABLE = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));
    private static final String SOURCE = "src/main/java/dev/tac8/command/Tac8.java";

    @TempDir
    private static Path shared;
    private static Path built;
    private static List<Ran> firstTwo;

    @TempDir
    private Path dir;

    private record Ran(int code, String out, String err) {
    }

    /** A fresh clone, and two who call it at once. */
    @BeforeAll
    static void startTwoAtOnceInAFreshClone() throws Exception {
        built = clone(shared.resolve("clone"));
        Started one = start(built, Map.of(), built.resolve("tac8"), "--version");
        Started other = start(built, Map.of(), built.resolve("tac8"), "--version");
        firstTwo = List.of(one.end(), other.end());
    }

    @Test
    void buildsByItselfOnFirstUse() {
        assertThat(firstTwo).allSatisfy(ran -> {
            assertThat(ran.code).as(ran.err).isZero();
            assertThat(ran.out).startsWith("tac8 ").contains("SQLite");
        });
    }

    @Test
    void buildsOnceForTwoThatStartAtOnce() throws Exception {
        assertThat(firstTwo).filteredOn(ran -> ran.err.contains("building (first use, takes a minute)...")).hasSize(1);
        assertThat(builds(built)).hasSize(1);
    }

    @Test
    void worksFromAnotherFolderAndThroughSymbolicLinks() throws Exception {
        Path link = Files.createSymbolicLink(shared.resolve("link"), built.resolve("tac8"));
        Path linkToLink = Files.createSymbolicLink(shared.resolve("tac8"), link.getFileName());

        Ran ran = run(dir, Map.of(), linkToLink, "--version");

        assertThat(ran).isEqualTo(new Ran(0, firstTwo.get(0).out, ""));
    }

    @Test
    void optionsThatJavaDoesNotStartWithAreWrongUseAndNotNothingFound() throws Exception {
        Ran ran = run(dir, Map.of("TAC8_JAVA_OPTS", "-Xmx1"), built.resolve("tac8"), "tasks");

        assertThat(ran.code).isEqualTo(2);
        assertThat(ran.out).isEmpty();
        assertThat(ran.err).startsWith("tac8: Java does not start with TAC8_JAVA_OPTS=-Xmx1: ").contains("heap").hasLineCount(1);
    }

    @Test
    void aSettingThatJavaWouldSwallowIsWrongUse() throws Exception {
        Ran ran = run(dir, Map.of("TAC8_JAVA_OPTS", "-Xmx256m -Dtac8.spool.dir=" + dir), built.resolve("tac8"), "status");

        assertThat(ran.code).isEqualTo(2);
        assertThat(ran.out).isEmpty();
        assertThat(ran.err).contains("gives Java a setting of tac8, where it has no effect").hasLineCount(1);
    }

    @Test
    void aCdpathLeadsItNowhereElse() throws Exception {
        Files.createDirectories(dir.resolve(built.getFileName()));

        Ran ran = run(built.getParent(), Map.of("CDPATH", dir.toString()), Path.of("/bin/sh"), built.getFileName() + "/tac8", "--version");

        assertThat(ran).isEqualTo(new Ran(0, firstTwo.get(0).out, ""));
    }

    @Test
    void storesAFileWithAnUmlautInTheCLocaleAndWithoutAnywhereToUnpackTo() throws Exception {
        Path home = copyOfTheBuilt();
        Files.writeString(dir.resolve("grün.jsonl"), "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\","
                + "\"event_type\":\"trigger\",\"message\":\"m\"}\n");

        Ran ran = run(dir, Map.of("LC_ALL", "C", "TAC8_JAVA_OPTS", "-Djava.io.tmpdir=/nowhere"), home.resolve("tac8"),
                "ingest", "grün.jsonl");

        assertThat(ran.code).as(ran.err).isZero();
        assertThat(ran.out).containsPattern("records +1 ");
    }

    @Test
    void coloursAndFitsWhatGoesToATerminalAndNothingElse() throws Exception {
        Path home = copyOfTheBuilt();
        Files.writeString(dir.resolve("a.jsonl"), "{\"type\":\"task\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\","
                + "\"task_id\":\"t\",\"status\":\"failed\",\"title\":\"" + "long title ".repeat(20) + "\"}\n");
        assertThat(run(dir, Map.of(), home.resolve("tac8"), "ingest", "a.jsonl").code).isZero();

        String terminal = onATerminal(home, Map.of("TERM", "xterm"));
        String plain = onATerminal(home, Map.of("TERM", "xterm", "NO_COLOR", "1"));
        String piped = run(dir, Map.of("TERM", "xterm"), home.resolve("tac8"), "tasks").out;

        assertThat(terminal).contains("\u001b[31mfailed\u001b[0m");
        assertThat(plain).contains("failed").doesNotContain("\u001b");
        assertThat(plain.lines()).allMatch(line -> line.length() <= 100).hasSizeGreaterThan(2);
        assertThat(piped).contains("long title ".repeat(20).strip()).doesNotContain("\u001b");
    }

    @Test
    void theDemoPrintsWhatTheReadmeAndTheExamplesShow() throws Exception {
        Path home = copyOfTheBuilt();
        copy(PROJECT.resolve("examples"), home.resolve("examples"));
        String readme = Files.readString(PROJECT.resolve("README.md"));
        List<String> shown = Pattern.compile("```\n(\\$ \\./tac8 (?:cost|why) .*?)```", Pattern.DOTALL).matcher(readme).results()
                .map(block -> block.group(1)).toList();

        Ran ran = run(dir, Map.of(), Path.of("/bin/sh"), "-c", "exec '" + home + "/examples/demo.sh' 2>&1");

        assertThat(ran.code).as(ran.out).isZero();
        String printed = "$ examples/demo.sh\n" + ran.out.replace(home.toRealPath().toString(), "...");
        assertThat(withoutWhatVaries(printed)).isEqualTo(withoutWhatVaries(Files.readString(PROJECT.resolve("examples/expected.txt"))));
        assertThat(shown).hasSize(2).allSatisfy(block -> assertThat(printed).contains("\n" + block));
    }

    /** Times, process ids, the volume's own id, and the line of a first use. */
    private static String withoutWhatVaries(String printed) {
        return printed.replaceAll("(?m)^tac8: building .*\n", "").replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "VOLUME")
                .replaceAll("(?m)^seconds( +)[0-9.]+$", "seconds$1S").replaceAll("(?m)^\\S+ \\S+ WARN ", "TIME WARN ")
                .replaceAll("\\d{8}T\\d{9}Z-\\d+-", "TIME-PID-");
    }

    /** What the tasks look like on a terminal of 100 columns, which util-linux's script plays. */
    private String onATerminal(Path home, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("script", "-qec", "stty cols 100; '" + home.resolve("tac8") + "' tasks", "/dev/null")
                .directory(dir.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("NO_COLOR", "TERM"));
        builder.environment().putAll(environment);
        builder.environment().putIfAbsent("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).replace("\r", "");
    }

    @Test
    void anAnswerThatDoesNotFitIntoMemoryIsNotNothingFound() throws Exception {
        Path home = copyOfTheBuilt();
        Files.writeString(dir.resolve("a.jsonl"), "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\","
                + "\"event_type\":\"trigger\",\"message\":\"m\"}\n");
        run(dir, Map.of(), home.resolve("tac8"), "ingest", "a.jsonl");

        Ran ran = run(dir, Map.of("TAC8_JAVA_OPTS", "-Xmx24m"), home.resolve("tac8"), "sql",
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000000) SELECT i, hex(i), i + 1000 FROM n");

        assertThat(ran.code).as(ran.err).isEqualTo(3);
        assertThat(ran.err).startsWith("tac8: the answer does not fit into memory");
        assertThat(ran.out).isEmpty();
    }

    @Test
    void whatItMakesOthersMayNotReadWhateverTheMaskAndAStricterOneStays() throws Exception {
        Path home = copyOfTheBuilt();
        Files.writeString(dir.resolve("a.jsonl"), "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\","
                + "\"event_type\":\"trigger\",\"message\":\"m\"}\nno record\n");
        Files.createDirectory(dir.resolve("backups"));

        for (String mask : List.of("022", "077")) {
            for (String command : List.of("ingest a.jsonl", "backup backups")) {
                run(dir, Map.of(), Path.of("/bin/sh"), "-c", "umask " + mask + "; exec '" + home.resolve("tac8") + "' " + command);
            }
            try (Stream<Path> made = Stream.concat(Files.walk(home.resolve("var/spool")), Stream.concat(Files.walk(home.resolve("var/external")),
                    Files.walk(dir.resolve("backups")).skip(1)))) {
                assertThat(made).isNotEmpty().allSatisfy(path -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .as("%s", path).matches(mask.equals("022") ? "....-.---" : "...------"));
            }
            for (Path folder : List.of(home.resolve("var/spool"), home.resolve("var/external"), home.resolve("var/local"), dir.resolve("backups"))) {
                run(dir, Map.of(), Path.of("/bin/rm"), "-rf", folder.toString());
            }
            Files.createDirectory(dir.resolve("backups"));
        }
    }

    @Test
    void answersQuestionsWithTheirOwnJarAlone() throws Exception {
        Path home = copyOfTheBuilt();
        Files.writeString(dir.resolve("a.jsonl"), """
                {"type":"worker","timestamp":"2026-11-22T10:00:00Z","session_id":"s","worker_id":"w","task_id":"t","status":"spawned",\
                "log_file":"w.jsonl"}
                {"type":"api_call","timestamp":"2026-11-22T10:00:01Z","worker_id":"w","model":"m","estimated_cost_usd":1}
                {"type":"event","timestamp":"2026-11-22T10:00:02Z","session_id":"s","event_type":"decision","context_id":"t","message":"m",\
                "details":{"a":1}}
                """);
        Files.writeString(Files.createDirectories(home.resolve("logs")).resolve("w.jsonl"),
                "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"hello\"}}\n");
        assertThat(run(dir, Map.of(), home.resolve("tac8"), "ingest", "a.jsonl").code).isZero();
        for (Path jar : List.of(builds(home).get(0).resolve("lib"), builds(home).get(0).resolve("tac8.jar"))) {
            Files.move(jar, jar.resolveSibling("away-" + jar.getFileName()));
        }

        Files.writeString(home.resolve("sql/query/own.sql"), "-- Counts.\n-- Example: ./tac8 own\nSELECT count(*) AS events FROM events\n");
        assertThat(run(dir, Map.of(), home.resolve("tac8"), "own", "--csv").out).as("a file is a command").isEqualTo("events\r\n1\r\n");
        for (String question : List.of("cost", "cost --by day --zone Asia/Tokyo", "cost --by outcome --json", "cost --today", "cost --bogus",
                "why t", "tasks --csv", "task t", "task u", "worker w", "worker w --show-conversation", "worker w --show-conversation --json",
                "events --json", "events --last 1h", "sessions", "sql VALUES(1)", "sql --help", "tasks --version")) {
            Ran ran = run(dir, Map.of(), home.resolve("tac8"), question.split(" "));

            assertThat(ran.code).as(question + ": " + ran).isBetween(0, 2);
        }
        Files.move(builds(home).get(0).resolve("away-lib"), builds(home).get(0).resolve("lib"));
        Files.move(builds(home).get(0).resolve("away-tac8.jar"), builds(home).get(0).resolve("tac8.jar"));
        Files.move(home.resolve("sql/query/own.sql"), home.resolve("sql/query/2own.sql"));
        assertThat(run(dir, Map.of(), home.resolve("tac8"), "2own").err).as("a file of such a name is not one").startsWith("tac8: sql/query/2own.sql is not a command");
        Files.move(home.resolve("var/external"), home.resolve("var/away"));
        assertThat(run(dir, Map.of(), home.resolve("tac8"), "cost").err).startsWith("tac8: the external store is not available");
    }

    @Test
    void goesOnWithTheLastBuildWhenANewOneFailsAndTriesAgainOnlyWhenSourcesChange() throws Exception {
        Path home = copyOfTheBuilt();
        Path source = home.resolve(SOURCE);
        String sound = Files.readString(source);
        Files.writeString(source, "no Java\n");

        Ran failed = run(home, Map.of(), home.resolve("tac8"), "--version");
        Ran again = run(home, Map.of(), home.resolve("tac8"), "--version");
        Files.writeString(source, sound);
        Ran repaired = run(home, Map.of(), home.resolve("tac8"), "--version");

        assertThat(failed.out).isEqualTo(firstTwo.get(0).out);
        assertThat(failed.code).isZero();
        assertThat(failed.err).contains("tac8: building (the sources have changed)...", "Tac8.java",
                "tac8: going on with the last build: the new one failed");
        assertThat(again.out).isEqualTo(failed.out);
        assertThat(again.err.lines()).singleElement().asString().startsWith("tac8: going on with the last build: ");
        assertThat(repaired.err).isEmpty();
        assertThat(builds(home)).hasSize(1);
    }

    @Test
    void keepsTheJarsOfARunningServiceWhileANewBuildIsMadeAndRemovesThemAfterwards() throws Exception {
        Path home = copyOfTheBuilt();
        Path old = builds(home).get(0);
        Started service = start(home, Map.of(), home.resolve("tac8"), "run");
        try {
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.readString(service.out).contains("tac8 is running"));
            Files.writeString(home.resolve(SOURCE), "// changed\n", StandardOpenOption.APPEND);

            Ran next = run(home, Map.of(), home.resolve("tac8"), "--version");

            assertThat(next.code).as(next.err).isZero();
            assertThat(next.err).contains("building (the sources have changed)...").doesNotContain("going on");
            assertThat(builds(home)).hasSize(2).contains(old);
            // Its first file makes the service load classes that it has not needed so far.
            Path part = Files.writeString(home.resolve("var/spool/.part"), "no record\n");
            Files.move(part, home.resolve("var/spool/a.jsonl"));
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.notExists(home.resolve("var/spool/a.jsonl")));
        } finally {
            service.process.destroy();
            assertThat(service.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        run(home, Map.of(), home.resolve("tac8"), "--version");
        assertThat(builds(home)).hasSize(1).doesNotContain(old);
    }

    @Test
    void saysInOneSentenceThatThereIsNoJdk() throws Exception {
        Path clone = clone(dir.resolve("clone"));
        Map<String, String> without = Map.of("JAVA_HOME", "", "PATH", pathWithoutBuildTools());

        assertThat(run(clone, without, clone.resolve("tac8"), "--version"))
                .isEqualTo(new Ran(2, "", "tac8: needs a JDK 17 or later: none found on PATH or in JAVA_HOME\n"));
    }

    @Test
    void saysInOneSentenceThatJavaIsTooOldOrNoJdk() throws Exception {
        Path clone = clone(dir.resolve("clone"));
        Path java = Files.createDirectories(dir.resolve("some-java/bin")).resolve("java");
        Files.createFile(java, EXECUTABLE);
        Path release = dir.resolve("some-java/release");
        Map<String, String> environment = Map.of("JAVA_HOME", dir.resolve("some-java").toString(), "PATH", pathWithoutBuildTools());

        Files.writeString(release, "JAVA_VERSION=\"11.0.2\"\n");
        Ran old = run(clone, environment, clone.resolve("tac8"), "--version");
        Files.writeString(release, "JAVA_VERSION=\"17.0.15\"\n");
        Ran incomplete = run(clone, environment, clone.resolve("tac8"), "--version");

        assertThat(old).isEqualTo(new Ran(2, "", "tac8: needs a JDK 17 or later: " + java + " is older\n"));
        assertThat(incomplete).isEqualTo(new Ran(2, "", "tac8: needs a JDK 17 or later: " + java + " has no javac\n"));
    }

    @Test
    void saysInOneSentenceThatThereIsNoMavenAndGoesOnWhereThereIsABuild() throws Exception {
        Path clone = clone(dir.resolve("clone"));
        Path home = copyOfTheBuilt();
        Files.writeString(home.resolve(SOURCE), "// changed\n", StandardOpenOption.APPEND);
        Map<String, String> without = Map.of("PATH", pathWithoutBuildTools());

        assertThat(run(clone, without, clone.resolve("tac8"), "--version"))
                .isEqualTo(new Ran(2, "", "tac8: needs Maven 3.6.3 or later: no mvn on PATH\n"));
        assertThat(run(home, without, home.resolve("tac8"), "--version"))
                .isEqualTo(new Ran(0, firstTwo.get(0).out, "tac8: going on with the last build: the sources have changed, but a build"
                        + " needs Maven 3.6.3 or later: no mvn on PATH\n"));
    }

    /** What git would check out, as far as a build needs it. */
    private static Path clone(Path home) throws Exception {
        Files.createDirectories(home.resolve("src"));
        for (String name : List.of("tac8", "pom.xml", "application.properties", "routes", "sql", "prices", ".mvn", "src/main")) {
            copy(PROJECT.resolve(name), home.resolve(name));
        }
        String repository = System.getProperty("localRepository");
        if (repository != null && !repository.contains(" ")) {
            Files.writeString(home.resolve(".mvn/maven.config"),
                    "-Dmaven.repo.local=" + repository + "\n");
        }
        return home;
    }

    /** Jars are linked, as Java takes an archive of classes only with the very files of which it was made, and 60 MB need not be written again. */
    private Path copyOfTheBuilt() throws Exception {
        Path copy = dir.resolve("built");
        try (Stream<Path> paths = Files.walk(built)) {
            for (Path path : paths.toList()) {
                Path target = copy.resolve(built.relativize(path));
                if (path.toString().matches(".*\\.(jar|jsa)")) {
                    Files.createLink(target, path);
                } else {
                    Files.copy(path, target, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        return copy;
    }

    private static void copy(Path from, Path to) throws Exception {
        assertThat(new ProcessBuilder("cp", "-a", from.toString(), to.toString()).inheritIO().start().waitFor()).isZero();
    }

    private static List<Path> builds(Path home) throws IOException {
        try (Stream<Path> entries = Files.list(home.resolve("var/build"))) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
        }
    }

    /** A PATH with all that the launcher needs, except what a build needs. */
    private String pathWithoutBuildTools() throws IOException {
        Path tools = Files.createDirectory(dir.resolve("tools"));
        for (String tool : TOOLS) {
            Optional<Path> real = Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, tool))
                    .filter(Files::isExecutable).findFirst();
            if (real.isPresent()) {
                Path script = Files.createFile(tools.resolve(tool), EXECUTABLE);
                Files.writeString(script, "#!/bin/sh\nexec '" + real.get() + "' \"$@\"\n");
            }
        }
        return tools.toString();
    }

    private record Started(Process process, Path out, Path err) {
        Ran end() throws Exception {
            if (!process.waitFor(3, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
            return new Ran(process.waitFor(), Files.readString(out), Files.readString(err));
        }
    }

    private static Ran run(Path caller, Map<String, String> environment, Path launcher, String... args) throws Exception {
        return start(caller, environment, launcher, args).end();
    }

    private static Started start(Path caller, Map<String, String> environment, Path launcher, String... args) throws IOException {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        line.addAll(List.of(args));
        Path out = Files.createTempFile(shared, "", ".out");
        Path err = Files.createTempFile(shared, "", ".err");
        ProcessBuilder builder = new ProcessBuilder(line).directory(caller.toFile()).redirectOutput(out.toFile())
                .redirectError(err.toFile());
        Map<String, String> variables = new HashMap<>();
        Path home = launcher.toRealPath().getParent();
        if (Home.BY_ENVIRONMENT && Files.exists(home.resolve("application.properties"))) {
            variables.putAll(Home.environment(home, Map.of()));
        }
        variables.putAll(environment);
        variables.putIfAbsent("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(variables);
        return new Started(builder.start(), out, err);
    }
}
