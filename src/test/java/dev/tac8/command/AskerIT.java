package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tac8.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher asks a running service, and says what a process of its own would say. */
@Tag("thorough")
@EnabledOnOs(OS.LINUX)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class AskerIT {
    private static final int QUESTIONS = Integer.getInteger("tac8.test.questions", 40);
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    /** A variable that only a process of its own can obey. */
    private static final Map<String, String> ALONE = Map.of("LC_TIME", "C");
    private static final String ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    private static final Map<String, List<String>> VALUES = Map.of("since", List.of("2026-11-22"), "until", List.of("2026-11-30", "x"),
            "last", List.of("7d", "1000d"), "task", List.of("t", "ü v", "u"), "worker", List.of("w"), "session", List.of("s", "none"),
            "limit", List.of("1", "0"));

    @TempDir
    private static Path shared;
    private static Home home;
    private static Path decoy;
    private static Path build;
    private static Process service;

    private record Ran(int code, String out, String err) {
    }

    @BeforeAll
    static void startTheServiceOfABuild() throws Exception {
        home = new Home(Files.createDirectory(shared.resolve("a home")));
        build = Files.createDirectories(home.path("var/build/the-build"));
        Files.createDirectories(home.path("src/main"));
        Files.createFile(home.path("pom.xml"));
        Files.createFile(build.resolve("in-use"));
        Files.createDirectory(build.resolve("native"));
        Files.copy(PROJECT.resolve("tac8"), home.path("tac8"), StandardCopyOption.COPY_ATTRIBUTES);
        for (String jar : List.of("tac8.jar", "question.jar")) {
            Files.copy(PROJECT.resolve("target").resolve(jar), build.resolve(jar));
        }
        Files.createSymbolicLink(build.resolve("lib"), PROJECT.resolve("target/lib"));
        Files.createSymbolicLink(home.path("var/build/current"), build.getFileName());
        Files.writeString(build.resolve("sources"), run(Map.of(), "/bin/sh", "-c", "cd '" + home.path("")
                + "' && find pom.xml src/main -type f ! -name '.*' -exec cksum {} + | LC_ALL=C sort | cksum").out);
        Files.writeString(Files.createDirectory(home.path("logs")).resolve("w.jsonl"),
                "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"grün\"}}\n");
        // So that the many processes of this test start as quickly as those of a build.
        run(Map.of(), Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Dtac8.home=" + home.path(""),
                "-XX:ArchiveClassesAtExit=" + build.resolve("question.jsa"), "-cp", build.resolve("question.jar").toString(), "dev.tac8.command.Training");
        startService();
        home.drop("a.jsonl", """
                {"type":"session","timestamp":"2026-11-22T10:00:00Z","session_id":"s","status":"started","config":{"a":1}}
                {"type":"task","timestamp":"2026-11-22T10:00:00Z","session_id":"s","task_id":"t","status":"failed","title":"%s"}
                {"type":"task","timestamp":"2026-11-22T10:00:00Z","session_id":"s","task_id":"ü v","status":"active"}
                {"type":"worker","timestamp":"2026-11-22T10:00:00Z","session_id":"s","worker_id":"w","task_id":"t","status":"spawned",\
                "log_file":"w.jsonl"}
                {"type":"api_call","timestamp":"2026-11-22T10:00:01Z","worker_id":"w","model":"m","estimated_cost_usd":1.25}
                {"type":"api_call","timestamp":"2026-11-22T10:00:02Z","worker_id":"w","model":"n"}
                {"type":"event","timestamp":"2026-11-22T10:00:02Z","session_id":"s","event_type":"decision","context_id":"t",\
                "message":"\\u001b[31mred\\u001b[0m, \\"quoted\\"","details":{"a":[1,2.50]}}
                {"type":"event","timestamp":"2026-11-22T10:00:03Z","session_id":"s","event_type":"error","message":"grün\\nnext"}
                """.formatted("a long title ".repeat(20)).getBytes(StandardCharsets.UTF_8));
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(home.spool().resolve("done"))
                && !run(ALONE, tac8("tasks")).out.isEmpty());
    }

    @AfterAll
    static void stopTheService() throws Exception {
        service.destroy();
        assertThat(service.waitFor(30, TimeUnit.SECONDS)).isTrue();
        // JUnit would warn of every link in it.
        run(Map.of(), "rm", "-r", home.path("var").toString());
    }

    @BeforeEach
    void startTheOneThatAnswers() {
        awaitAsker();
    }

    private static void awaitAsker() {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> asker() != 0);
    }

    @Test
    void everyQuestionIsAnsweredAsByAProcessOfItsOwn() throws Exception {
        long seed = Long.getLong("tac8.test.seed", System.nanoTime());
        System.out.println("AskerIT: -Dtac8.test.seed=" + seed);
        List<List<String>> questions = questions();
        Collections.shuffle(questions, new Random(seed));
        for (List<String> question : questions.subList(0, Math.min(QUESTIONS, questions.size()))) {
            Ran own = run(ALONE, tac8(question.toArray(String[]::new)));
            boolean answered = own.code < 2 && question.stream().noneMatch(word -> word.matches("--(help|version|file).*|-[^D-].*"));

            assertThat(answered ? byTheServiceAlone(question) : run(Map.of(), tac8(question.toArray(String[]::new)))).as("%s", question).isEqualTo(own);
        }
    }

    /** Each command with each option, and each way to write an answer. */
    private static List<List<String>> questions() {
        List<List<String>> questions = new ArrayList<>();
        Tac8.commandLine().getSubcommands().forEach((name, command) -> {
            if (command.getCommand() instanceof QuestionCommand) {
                questions.add(List.of(name));
                command.getCommandSpec().options().stream().filter(option -> !option.longestName().equals("--follow")).forEach(option -> {
                    List<String> values = new ArrayList<>(VALUES.getOrDefault(option.longestName().substring(2), List.of()));
                    if (option.completionCandidates() != null) {
                        option.completionCandidates().forEach(values::add);
                    }
                    if (option.arity().max() == 0) {
                        questions.add(List.of(name, option.longestName()));
                    } else {
                        values.forEach(value -> questions.add(List.of(name, option.longestName(), value)));
                    }
                });
            }
        });
        for (String question : List.of("why t", "why t --json", "why t --csv", "task t", "task t --json", "task", "task t u", "worker w", "worker w --csv",
                "worker x", "worker w --show-conversation", "worker w --show-conversation --raw", "worker w --show-conversation --json",
                "worker w --raw", "tasks --zone Asia/Tokyo", "events --zone +05:45 --csv", "cost --by day --zone Asia/Tokyo --json", "tasks -h",
                "tasks --version", "tasks --json --csv", "cost --by bogus", "events --last bogus", "cost --bogus", "cost --today --last 7d", "bogus", "task --json -- -x",
                "sql --file sql/query/sessions.sql", "-D tac8.spool.dir=/nowhere tasks", "tasks -D tac8.external.dir=/nowhere",
                "tasks -Dtac8.bogus=1")) {
            questions.add(List.of(question.split(" ")));
        }
        for (String id : List.of("ü v", "", " ", "a\nb\n", "it's \"so\" $(id) `id` \\", "*", "x".repeat(100_000), "\u202e\u001b[31m")) {
            questions.add(List.of("task", id));
            questions.add(List.of("why", id, "--json"));
        }
        for (String sql : List.of("VALUES (1, NULL, 1e999, x'00ff', char(27, 0x202e))", "SELECT 1 WHERE 0", "SELECT * FROM events", "DELETE FROM tasks",
                "SELEC", "SELECT", "SELECT hex(randomblob(10)) WHERE 0; SELECT 1", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                + " WHERE i < 20000) SELECT i, 'line' FROM n")) {
            questions.add(List.of("sql", sql));
            questions.add(List.of("sql", "--json", sql));
        }
        return questions;
    }

    @Test
    void aTerminalShowsTheSame() throws Exception {
        for (int columns : List.of(80, 200)) {
            for (String question : List.of("tasks", "events", "cost --by day", "events --csv", "task bogus", "task -h", "worker w --show-conversation")) {
                String line = "stty cols " + columns + "; PAGER=cat; export PAGER; exec '" + home.path("tac8") + "' " + question;
                List<String> typed = List.of("script", "-qec", line, "/dev/null");

                Ran asked = run(Map.of("TERM", "xterm"), typed.toArray(String[]::new));

                assertThat(asked).as("%s at %s", question, columns).isEqualTo(run(Map.of("TERM", "xterm", "LC_TIME", "C"), typed.toArray(String[]::new)));
                assertThat(asked.out).contains("\r\n");
            }
        }
    }

    @Test
    void whatGoesToOneFileStandsThereInTheSameOrder() throws Exception {
        for (String question : List.of("cost --csv", "task x", "events --csv --limit 1", "worker w --show-conversation")) {
            String[] together = {"/bin/sh", "-c", "exec '" + home.path("tac8") + "' " + question + " 2>&1"};

            assertThat(run(Map.of(), together)).as(question).isEqualTo(run(ALONE, together));
        }
    }

    @Test
    void aReaderThatGoesAndADiskThatIsFullEndItInTheSameWay() throws Exception {
        String lines = "sql 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 15000) SELECT i, 1 FROM n'";
        for (String rest : List.of(lines + " >/dev/full", "tasks >/dev/full", "tasks >&-", "tasks 2>&-", "task x >&- 2>&-")) {
            String[] typed = {"/bin/sh", "-c", "'" + home.path("tac8") + "' " + rest};

            assertThat(run(Map.of(), typed)).as(rest).isEqualTo(run(ALONE, typed));
        }
        assertThat(run(Map.of(), "/bin/bash", "-c", "'" + home.path("tac8") + "' " + lines + " | head -n 1; echo ${PIPESTATUS[0]}").out)
                .endsWith("\n141\n");
    }

    @Test
    void whatOnlyAProcessOfItsOwnCanObeyIsLeftToIt() throws Exception {
        for (Map<String, String> environment : List.of(Map.of("TZ", "Asia/Tokyo"), Map.of("LANG", "de_DE"), Map.of("TMPDIR", "/nowhere"),
                Map.of("TAC8_JAVA_OPTS", "-Xmx64m"), Map.of("TAC8_BOGUS", "1"), Map.of("LD_LIBRARY_PATH", "/nowhere"))) {
            assertThat(byTheServiceAlone(environment, List.of("tasks")).err).as("%s", environment).contains("ClassNotFoundException");
        }
    }

    @Test
    void aPartialAnswerIsAnAnswer() throws Exception {
        Map<String, String> away = Map.of("TAC8_EXTERNAL_DIR", "/nowhere");
        Ran own = run(Map.of("TAC8_EXTERNAL_DIR", "/nowhere", "LC_TIME", "C"), tac8("tasks"));

        assertThat(own.code).isEqualTo(ExitCode.PARTIAL);
        assertThat(byTheServiceAlone(away, List.of("tasks"))).isEqualTo(own);
    }

    @Test
    void answersManyAtOnceAndTheServiceKeepsItsLocks() throws Exception {
        Ran own = run(ALONE, tac8("cost"));
        List<String> locks = locks();
        List<Future<Ran>> askers = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        for (int i = 0; i < 24; i++) {
            askers.add(threads.submit(() -> run(Map.of(), tac8("cost"))));
        }
        threads.shutdown();

        for (Future<Ran> asker : askers) {
            assertThat(asker.get()).isEqualTo(own);
        }
        assertThat(locks()).isEqualTo(locks).isNotEmpty();
        assertThat(run(Map.of(), tac8("task", "ü v")).code).as("text of any language arrives").isZero();
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> clients().isEmpty());
    }

    private static List<String> locks() throws IOException {
        try (Stream<String> locks = Files.lines(Path.of("/proc/locks"))) {
            return locks.filter(lock -> lock.contains(" " + service.pid() + " ")).map(lock -> lock.replaceFirst("^\\d+: ", "")).sorted().toList();
        }
    }

    @Test
    void oneThatIsStoppedOrStopsIsNotWaitedFor() throws Exception {
        Ran own = run(ALONE, tac8("tasks"));
        long asker = asker();

        signal("STOP", asker);
        Ran stopped = run(Map.of(), tac8("tasks"));
        signal("CONT", asker);
        Process waiting = start(Map.of(), tac8("sql", ENDLESS));
        try {
            awaitAccepted(waiting);
            signal("STOP", asker);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> waiting.info().command().orElse("").endsWith("java"));
        } finally {
            waiting.destroyForcibly();
            signal("CONT", asker);
        }

        assertThat(stopped).isEqualTo(own);
        awaitFree(own);
    }

    /**
     * Until one is there that answers, and is not busy with what nobody waits for any longer. The process that was asked need not be gone: it
     * ends only if it had begun.
     *
     * @param own what {@code tasks} says
     */
    private static void awaitFree(Ran own) {
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> byTheServiceAlone(List.of("tasks")).equals(own));
    }

    @Test
    void aQuestionWhoseLauncherHasGoneEndsAtOnceAndOthersAskForThemselvesMeanwhile() throws Exception {
        Ran own = run(ALONE, tac8("tasks"));
        Process launcher = start(Map.of(), tac8("sql", ENDLESS));
        Ran meanwhile;
        try {
            awaitAccepted(launcher);
            meanwhile = run(Map.of(), tac8("tasks"));
        } finally {
            launcher.destroyForcibly().waitFor();
        }

        assertThat(meanwhile).isEqualTo(own);
        awaitFree(own);
    }

    @Test
    void ofAKilledServiceNothingIsLeftThatAnswersOrWaits() throws Exception {
        Ran own = run(ALONE, tac8("tasks"));
        List<ProcessHandle> children = service.descendants().toList();

        service.destroyForcibly().waitFor();

        assertThat(children).isNotEmpty();
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(run(Map.of(), tac8("tasks"))).isEqualTo(own);
        startService();
        awaitAsker();
        assertThat(places()).hasSize(1);
        assertThat(byTheServiceAlone(List.of("tasks"))).isEqualTo(own);
        ProcessHandle waiting = service.descendants().findFirst().orElseThrow();
        signal("KILL", asker());
        assertThat(run(Map.of(), tac8("tasks"))).isEqualTo(own);
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !waiting.isAlive());
    }

    @Test
    void aPlaceThatAnotherUserHasMadeIsNotEntered() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give a folder away");
        Ran own = run(ALONE, tac8("tasks"));
        Path ask = home.spool().resolve(".tac8/ask");
        Path away = Files.move(ask, ask.resolveSibling("away"));
        try {
            run(Map.of(), "cp", "-a", away.toString(), ask.toString());
            run(Map.of(), "chown", "-R", "65534", ask.toString());

            assertThat(run(Map.of(), tac8("tasks"))).isEqualTo(own);
            assertThat(clients()).isEmpty();
            run(Map.of(), "rm", "-r", ask.toString());
            Path foreign = Files.writeString(shared.resolve("foreign"), "kept");
            Files.createSymbolicLink(Files.createDirectory(ask).resolve("knock"), foreign);
            assertThat(run(Map.of(), tac8("tasks"))).isEqualTo(own);
            assertThat(foreign).hasContent("kept");
        } finally {
            run(Map.of(), "rm", "-r", ask.toString());
            Files.move(away, ask);
        }
    }

    /** With a search path of {@code cd} that leads to a folder of the same name as the one in which questions are asked. */
    private static void startService() throws Exception {
        decoy = Files.createDirectories(shared.resolve("decoy"));
        Files.createDirectories(decoy.resolve("ask/my-project"));
        Files.writeString(decoy.resolve("ask/1-b.txt"), "mine");
        service = start(Map.of("CDPATH", decoy.toString()), tac8("run"));
        service.inputReader().readLine();
    }

    /** The process that answers, or 0 if none does yet. */
    private static long asker() throws Exception {
        List<Path> places = places();
        if (places.isEmpty() || Files.notExists(places.get(0).resolve("door"))) {
            run(Map.of(), tac8("tasks"));
            return 0;
        }
        long id = Long.parseLong(places.get(0).getFileName().toString().replaceFirst("-.*", ""));
        return ProcessHandle.of(id).isPresent() ? id : 0;
    }

    @Test
    void aSearchPathOfCdLeadsNowhereElse() throws Exception {
        Ran own = run(ALONE, tac8("cost", "--json"));

        Ran asked = byTheServiceAlone(Map.of("CDPATH", decoy + ":.:" + home.spool()), List.of("cost", "--json"));

        assertThat(asked).isEqualTo(own);
        try (Stream<Path> entries = Files.list(decoy.resolve("ask"))) {
            assertThat(entries.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("my-project", "1-b.txt");
        }
    }

    private static List<Path> places() throws IOException {
        try (Stream<Path> entries = Files.list(home.spool().resolve(".tac8/ask"))) {
            return entries.filter(Files::isDirectory).toList();
        }
    }

    /** What launchers have there. */
    private static List<Path> clients() throws IOException {
        try (Stream<Path> entries = Files.list(places().get(0))) {
            return entries.filter(entry -> entry.getFileName().toString().matches("\\d.*")).toList();
        }
    }

    private static void awaitAccepted(Process launcher) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(places().get(0).resolve(launcher.pid() + ".out")));
    }

    private static void signal(String name, long process) throws Exception {
        assertThat(run(Map.of(), "kill", "-" + name, String.valueOf(process)).code).isZero();
    }

    /** Asks until it is answered: on a busy computer, who answers may be late, and then it is asked for elsewhere. */
    private static Ran byTheServiceAlone(List<String> question) throws Exception {
        Ran ran = byTheServiceAlone(Map.of(), question);
        for (int again = 0; again < 5 && ran.err.contains("ClassNotFoundException"); again++) {
            awaitAsker();
            ran = byTheServiceAlone(Map.of(), question);
        }
        return ran;
    }

    /** Without the jar that a process of its own would need. */
    private static Ran byTheServiceAlone(Map<String, String> environment, List<String> question) throws Exception {
        Path away = Files.move(build.resolve("question.jar"), build.resolve("away.jar"));
        try {
            return run(environment, tac8(question.toArray(String[]::new)));
        } finally {
            Files.move(away, build.resolve("question.jar"));
        }
    }

    private static String[] tac8(String... args) {
        List<String> line = new ArrayList<>(List.of(home.path("tac8").toString()));
        line.addAll(List.of(args));
        return line.toArray(String[]::new);
    }

    private static Ran run(Map<String, String> environment, String... line) throws Exception {
        Path out = Files.createTempFile(shared, "", ".out");
        Path err = Files.createTempFile(shared, "", ".err");
        Process process = builder(environment, line).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return new Ran(process.waitFor(), Files.readString(out), Files.readString(err));
    }

    private static Process start(Map<String, String> environment, String... line) throws IOException {
        return builder(environment, line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static ProcessBuilder builder(Map<String, String> environment, String... line) {
        ProcessBuilder builder = new ProcessBuilder(line).directory(shared.toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("TAC8_") || variable.equals("LC_TIME"));
        if (Home.BY_ENVIRONMENT) {
            builder.environment().putAll(Home.environment(home.path(""), Map.of()));
        }
        builder.environment().putIfAbsent("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return builder;
    }
}
