package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code examples/production}, installed by the steps of {@code docs/operating.md} as they stand there, in a mount namespace in which
 * /etc, /mnt, /opt, /var and /usr/local/bin are the test's own. The unit is carried out as systemd would: its user, umask, environment
 * and view of the file system.
 */
@Tag("thorough")
@Timeout(value = 8, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProductionExampleIT {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final Path MOUNT_POINT = Path.of("/mnt/external-hdd");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    @TempDir
    private Path dir;
    private final List<Path> copies = new ArrayList<>();
    private Path disk;
    private Mounts mounts;
    private List<String> unit;
    private Process service;
    private Path log;

    @BeforeEach
    void makeAComputer() throws Exception {
        mounts = Mounts.open();
        Path etc = copyOf("/etc");
        Path bin = copyOf("/usr/local/bin");
        Path var = Files.createDirectory(dir.resolve("var"));
        for (String folder : List.of("lib", "log", "mail", "tmp")) {
            Files.createDirectory(var.resolve(folder));
        }
        Path opt = Files.createDirectory(dir.resolve("opt"));
        Path mnt = Files.createDirectory(dir.resolve("mnt"));
        Files.createDirectory(mnt.resolve(MOUNT_POINT.getFileName()));
        disk = Files.createDirectory(dir.resolve("disk"));
        checkOut(Files.createDirectory(opt.resolve("tac8")));
        mounts.mount(etc, Path.of("/etc"));
        mounts.mount(bin, Path.of("/usr/local/bin"));
        mounts.mount(var, Path.of("/var"));
        mounts.mount(opt, Path.of("/opt"));
        mounts.mount(mnt, Path.of("/mnt"));
        // What is mounted later is seen by a service too, as with systemd.
        mounts.run("mount", "--make-rshared", "/");
        mounts.run("useradd", "coordinator");
        unit = Files.readAllLines(PROJECT.resolve("examples/production/tac8.service"));
    }

    @AfterEach
    void stopAll() throws Exception {
        if (service != null && service.isAlive()) {
            service.destroyForcibly().waitFor();
        }
        if (mounts != null) {
            mounts.close();
        }
        // JUnit would warn of every link in them.
        for (Path copy : copies) {
            run("rm", "-r", copy.toString());
        }
    }

    @Test
    void whatTheDocumentationSaysInstallsAServiceThatWorksWithAndWithoutItsDisk() throws Exception {
        plugIn();
        for (String step : steps()) {
            // The last of these look at a service, which systemd would have started.
            if (!step.startsWith("systemctl ") && !step.equals("tac8 status")) {
                shell(step);
            }
        }
        verifyUnit();

        start();
        deliver("a", 0.25);
        awaitDone(1);
        awaitWell();
        assertThat(shell("tac8 cost")).contains(" $0.25");

        assertThat(mounts.tryToRun("umount", MOUNT_POINT)).as("the service has a file open there").contains("busy");
        mounts.detach(MOUNT_POINT);
        deliver("b", 0.5);
        awaitDone(2);
        assertThat(log()).contains("no tac8 volume is mounted at /mnt/external-hdd/tac8").contains("The chunk goes to the local store");
        assertThat(shell("tac8 status", 4)).contains("backlog     4 rows");

        plugIn();
        awaitHome();
        assertThat(shell("tac8 cost")).contains(" $0.75");
        stop();

        mounts.detach(MOUNT_POINT);
        start();
        deliver("c", 1);
        awaitDone(3);
        assertThat(shell("tac8 status", 4)).contains("backlog     4 rows");
        plugIn();
        awaitHome();
        assertThat(shell("tac8 cost")).contains(" $1.75");
        leaveAPart();
        awaitDone(4);
        stop();
    }

    // --- The steps ---

    /** The lines of the first listing below the heading Install, and of the one that adds a coordinator. */
    private static List<String> steps() throws IOException {
        String text = Files.readString(PROJECT.resolve("docs/operating.md"));
        String[] listings = text.substring(text.indexOf("\n## Install\n")).split("```\n");
        List<String> steps = Stream.of(listings[1], listings[3]).flatMap(String::lines).toList();
        assertThat(steps).contains("./tac8 --version", "tac8 volume init /mnt/external-hdd/tac8",
                "usermod --append --groups tac8 coordinator");
        return steps;
    }

    /** Runs a line as root does in /opt/tac8; what it printed. */
    private String shell(String line) throws IOException, InterruptedException {
        return shell(line, 0);
    }

    private String shell(String line, int code) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "cd /opt/tac8 && " + line).redirectErrorStream(true);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("TAC8_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = mounts.start(builder);
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", line, said).isEqualTo(code);
        return said;
    }

    private void verifyUnit() throws Exception {
        if (!Files.isExecutable(Path.of("/usr/bin/systemd-analyze"))) {
            System.out.println("the unit is not verified, as there is no systemd-analyze");
            return;
        }
        assertThat(mounts.tryToRun("systemd-analyze", "verify", "/etc/systemd/system/tac8.service")).isEmpty();
    }

    // --- What systemd does ---

    private List<String> settings(String key) {
        return unit.stream().filter(line -> line.startsWith(key + "=")).map(line -> line.substring(key.length() + 1)).toList();
    }

    private String setting(String key) {
        assertThat(settings(key)).as(key).hasSize(1);
        return settings(key).get(0);
    }

    private void start() throws Exception {
        List<String> environment = new ArrayList<>(settings("Environment"));
        Files.readAllLines(mounts.seen(Path.of(setting("EnvironmentFile")))).stream().filter(line -> line.matches("[A-Z].*"))
                .forEach(environment::add);
        assertThat(setting("ProtectSystem")).isEqualTo("strict");
        String writable = setting("ReadWritePaths") + " /var/lib/" + setting("StateDirectory");
        String script = "umask " + setting("UMask")
                + "; for path in " + writable + "; do mountpoint -q $path || mount --rbind $path $path; done; mount --make-rslave /"
                + "; for path in / /etc /usr/local/bin /var /opt; do mount -o remount,bind,ro $path || exit 9; done"
                + "; mount -t tmpfs tmpfs /tmp"
                + "; exec setpriv --reuid " + setting("User") + " --regid " + setting("Group") + " --init-groups --no-new-privs"
                + " --bounding-set=-all env -i PATH=" + PATH + " \"$@\" " + setting("ExecStart");
        log = Files.createTempFile(dir, "tac8", ".log");
        List<String> line = new ArrayList<>(List.of("unshare", "-m", "--propagation", "slave", "sh", "-c", script, "sh"));
        line.addAll(environment);
        service = mounts.start(new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()));
        await("the service runs", () -> log().contains("tac8 is running, process " + service.pid()));
    }

    private void stop() throws Exception {
        assertThat(setting("KillSignal")).isEqualTo("SIGTERM");
        service.destroy();
        assertThat(service.waitFor(Integer.parseInt(setting("TimeoutStopSec")), TimeUnit.SECONDS)).as(log()).isTrue();
        assertThat(service.exitValue() + "").as(log()).isIn("0", setting("SuccessExitStatus"));
    }

    // --- What happens ---

    private void plugIn() throws Exception {
        mounts.mount(disk, MOUNT_POINT);
    }

    /** Drops a call of so much money, as the coordinator's own user. */
    private void deliver(String name, double cost) throws Exception {
        String part = "/var/lib/tac8/spool/." + name + ".part";
        asCoordinator("022", "printf '%s\\n' '" + call(name, cost) + "' >" + part + " && mv " + part + " /var/lib/tac8/spool/" + name
                + ".jsonl");
    }

    /** Leaves what a logger that was killed has left, with the umask of the documentation. */
    private void leaveAPart() throws Exception {
        asCoordinator("002", "printf '%s\\ntorn' '" + call("d", 2) + "' >/var/lib/tac8/spool/.20261122T101530123Z-logger-1-d.part");
    }

    private static String call(String id, double cost) {
        return "{\"type\":\"api_call\",\"id\":\"" + id + "\",\"timestamp\":\"2026-11-22T10:15:30Z\",\"session_id\":\"s\",\"task_id\":\"t\","
                + "\"worker_id\":\"w\",\"model\":\"m\",\"estimated_cost_usd\":" + cost + "}";
    }

    private void asCoordinator(String umask, String line) throws Exception {
        mounts.run("setpriv", "--reuid", "coordinator", "--regid", "coordinator", "--init-groups",
                "sh", "-c", "umask " + umask + "; " + line);
    }

    private void awaitDone(int files) {
        await(files + " files are stored", () -> {
            try (Stream<Path> done = Files.list(mounts.seen(Path.of("/var/lib/tac8/spool/done")))) {
                return done.map(file -> file.getFileName().toString())
                        .filter(name -> name.matches(".*-(a|b|c|20261122T101530123Z-logger-1-d)\\.jsonl")).count() == files;
            }
        });
    }

    private void awaitHome() {
        await("all is home", () -> log().contains("Home again"));
        awaitWell();
    }

    /** Waits until the status says what the documentation calls well; the service tells it within a second. */
    private void awaitWell() {
        await("the status is well", () -> {
            String said = shell("tac8 status");
            return Stream.of("service     runs, process " + service.pid(), "breaker     closed", "stuck       nothing",
                    "backlog     nothing", "waiting     nothing", "damaged     nothing").allMatch(said::contains);
        });
    }

    private void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            assertThat(service.isAlive()).as("%s: the service has ended: %s", what, log()).isTrue();
            return condition.call();
        });
    }

    private String log() throws IOException {
        return Files.readString(log);
    }

    // --- The computer ---

    private Path copyOf(String folder) throws Exception {
        Path copy = dir.resolve(folder.substring(1).replace('/', '-'));
        copy(Path.of(folder), copy);
        copies.add(copy);
        return copy;
    }

    private static void checkOut(Path home) throws Exception {
        Files.createDirectory(home.resolve("src"));
        for (String name : List.of("tac8", "pom.xml", "application.properties", "routes", "sql", "prices", ".mvn", "src/main", "examples", "docs")) {
            copy(PROJECT.resolve(name), home.resolve(name));
        }
        String repository = System.getProperty("localRepository");
        if (repository != null && !repository.contains(" ")) {
            Files.writeString(home.resolve(".mvn/maven.config"),
                    "-Dmaven.repo.local=" + repository + "\n");
        }
    }

    private static void copy(Path from, Path to) throws Exception {
        run("cp", "-a", from.toString(), to.toString());
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).as(String.join(" ", command)).isZero();
    }
}
