package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Another user of the spool's group at work against a real service. */
@Tag("once")
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NeighbourIT {
    private static final String USER = "4712";
    private static final String GROUP = "4711";
    private static final String MARKER = "SECRET-7f3a";
    /** The size of the files of holes that the neighbour makes. */
    private static final long HOLES = 1L << 40;
    private static final int SWAPS = Integer.getInteger("tac8.test.neighbour-swaps", 100);
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path dir;
    private Home home;
    private Process service;

    @BeforeEach
    void makeHome() throws Exception {
        String said = run("setpriv", "--reuid=" + USER, "--regid=" + GROUP, "--clear-groups", "true");
        if (!said.isEmpty()) {
            String sentence = "skipped, as only root can be two users: " + said;
            System.out.println(sentence);
            Assumptions.abort(sentence);
        }
        home = new Home(dir.resolve("home")).set("tac8.reconcile.seconds", 1);
        Files.createDirectories(home.spool());
        for (Path above = home.spool().getParent(); above.startsWith(dir); above = above.getParent()) {
            Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwx--x--x"));
        }
        assertThat(run("chgrp", GROUP, home.spool().toString())).isEmpty();
    }

    @AfterEach
    void stop() throws Exception {
        if (service != null) {
            service.destroyForcibly().waitFor();
        }
    }

    @Test
    void whatANeighbourPlantsIsNeitherReadNorWrittenNorShownAndNothingIsLostOrDoubled() throws Exception {
        long seed = Long.getLong("tac8.test.seed", System.nanoTime());
        System.out.println("NeighbourIT: -Dtac8.test.seed=" + seed);
        // Without the sticky bit, so that everything can be moved away.
        assertThat(run("chmod", "2770", home.spool().toString())).isEmpty();
        Path outside = Files.createDirectory(dir.resolve("outside"));
        Path canary = Files.writeString(outside.resolve("canary"), event(MARKER));
        Files.setPosixFilePermissions(canary, PosixFilePermissions.fromString("rw-------"));
        // On the spool's disk, and the neighbour's.
        Path stash = Files.createDirectory(dir.resolve("stash"));
        assertThat(run("chown", USER + ":" + GROUP, stash.toString())).isEmpty();
        start();

        Process neighbour = asNeighbour(Path.of("src/test/python/neighbour.py"), home.spool(), canary, stash, seed, SWAPS);
        int dropped = 0;
        while (!neighbour.waitFor(20, TimeUnit.MILLISECONDS)) {
            try {
                Path part = Files.writeString(dir.resolve("part"), event("e" + dropped));
                Files.move(part, home.spool().resolve(String.format("%06d.jsonl", dropped)));
                dropped++;
            } catch (IOException e) {
                // The neighbour has planted something there.
            }
        }
        String swaps = new String(neighbour.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(neighbour.waitFor()).as(swaps).isZero();
        // What it planted in the very moment in which a file was acknowledged was moved back by another name, and stays there unread.
        Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(home.waiting()).filteredOn(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                .as("the service said: %s", Files.readString(dir.resolve("log"))).isEmpty());
        List<String> expected = IntStream.range(0, dropped).mapToObj(i -> "e" + i).sorted().toList();
        Awaitility.await("all is in the external store").atMost(SOON).until(() -> home.query(
                "SELECT record_id FROM events WHERE session_id <> 'tac8' ORDER BY 1").equals(expected));

        assertThat(service.isAlive()).isTrue();
        assertThat(Files.readString(canary)).isEqualTo(event(MARKER));
        assertThat(list(outside)).containsExactly(canary);
        assertThat(Files.readString(dir.resolve("log"))).doesNotContain(MARKER).doesNotContain("\tat ");
        assertThat(home.run("status").output()).doesNotContain(MARKER);
        for (Path folder : List.of(home.spool().resolve("done"), home.spool().resolve("quarantine"))) {
            for (Path file : list(folder)) {
                // A file of holes is empty when it is made: it may be read and acknowledged as that before it grows.
                assertThat(Files.isDirectory(file) || Files.size(file) == HOLES ? "" : Files.readString(file)).as("%s", file).doesNotContain(MARKER);
            }
        }
        System.out.println("a neighbour: " + swaps + " swaps, " + dropped + " files; 0 lost, 0 doubled");
    }

    @Test
    void inASpoolOfTheDocumentedRightsANeighbourDropsFilesAndMovesNothingOfTac8sAway() throws Exception {
        assertThat(run("chmod", "3770", home.spool().toString())).isEmpty();
        start();
        Path spool = home.spool();

        for (String name : List.of("done", "quarantine", ".tac8")) {
            assertThat(run(command("mv", spool.resolve(name), spool.resolve("gone")))).as(name).contains("not permitted");
        }
        assertThat(run(command("cat", spool.resolve(".tac8/external-volume")))).contains("Permission denied");
        assertThat(run(command("sh", "-c", "echo '" + event("e0").strip() + "' >" + spool + "/.a && mv " + spool + "/.a " + spool + "/a.jsonl"))).isEmpty();

        Awaitility.await().atMost(SOON).until(() -> home.done().size() == 1);
        assertThat(home.query("SELECT record_id FROM events WHERE session_id <> 'tac8'")).containsExactly("e0");
    }

    private void start() throws IOException {
        service = home.command(List.of(), "run").redirectOutput(dir.resolve("log").toFile()).start();
        Awaitility.await().atMost(SOON).until(() -> Files.readString(dir.resolve("log")).contains("tac8 is running"));
    }

    private static String[] command(Object... command) {
        return Stream.concat(Stream.of("setpriv", "--reuid=" + USER, "--regid=" + GROUP, "--clear-groups"), Stream.of(command).map(Object::toString))
                .toArray(String[]::new);
    }

    /** A script of Python, which the neighbour need not be able to read. */
    private static Process asNeighbour(Path script, Object... args) throws IOException {
        String python = Files.isExecutable(Path.of("/usr/bin/python3")) ? "/usr/bin/python3" : "python3";
        Object[] command = Stream.concat(Stream.of(python, "-"), Stream.of(args)).toArray();
        return new ProcessBuilder(command(command)).redirectInput(script.toFile()).redirectErrorStream(true).start();
    }

    /** Runs a command to its end; what it said if that is a bad one. */
    private static String run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? "" : List.of(command) + ": " + said;
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static String event(String id) {
        return "{\"type\":\"event\",\"id\":\"" + id + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"e\",\"message\":\""
                + id + "\"}\n";
    }
}
