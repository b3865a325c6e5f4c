package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.client.LoggingProcess;
import dev.tac8.client.Python;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a call has logged is stored, although the coordinator is killed the moment after, and nothing else is. */
@Tag("thorough")
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoggerKillIT {
    private static final int KILLS = Integer.getInteger("tac8.test.logger-kills", 20);
    private static final int LATEST_KILL_MILLISECONDS = 300;

    @TempDir
    private Path dir;
    private Home home;
    private final Random random = Corpus.random(getClass());

    @AfterEach
    void stop() {
        home.close();
    }

    private interface Starter {
        ProcessBuilder command(Path spool, String run) throws Exception;
    }

    @Test
    void losesDoublesAndTearsNothingThatAKilledPythonProcessLogged() throws Exception {
        kill(KILLS, (spool, run) -> Python.script(spool, "writer.py", spool, run,
                random.nextBoolean() ? 0.005 : 1, random.nextBoolean() ? 20_000 : 8_000_000));
    }

    @Test
    void losesDoublesAndTearsNothingThatAKilledJavaProcessLogged() throws Exception {
        kill(Math.max(3, KILLS / 4), (spool, run) -> LoggingProcess.command("writer", spool, run));
    }

    private void kill(int kills, Starter starter) throws Exception {
        home = new Home(dir);
        Map<String, Integer> returned = new HashMap<>();
        home.start();
        int parts = 0;
        for (int i = 0; i < kills; i++) {
            String run = "r" + i;
            Process process = starter.command(home.spool(), run).start();
            returned.put(run, lastOf(process));
            parts += parts(home) > 0 ? 1 : 0;
        }
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> parts(home) == 0 && home.waiting().isEmpty());
        home.stop();

        Map<String, List<Integer>> stored = new HashMap<>();
        for (String message : home.query("SELECT message FROM events WHERE event_type = 'kill'")) {
            String[] words = message.split(" ");
            stored.computeIfAbsent(words[0], absent -> new ArrayList<>()).add(Integer.valueOf(words[1]));
        }
        long records = 0;
        for (Map.Entry<String, Integer> run : returned.entrySet()) {
            List<Integer> numbers = stored.get(run.getKey()).stream().sorted().toList();
            assertThat(numbers).as("events of %s, each once", run.getKey())
                    .isEqualTo(IntStream.range(0, numbers.size()).boxed().toList());
            // The kill may come between the write and the word of it.
            assertThat(numbers.size() - 1).as("the last event of %s", run.getKey()).isBetween(run.getValue(), run.getValue() + 1);
            records += numbers.size();
        }
        assertThat(home.quarantined()).as("torn records").isEmpty();
        home.assertSound();
        System.out.printf("%d kills of a process that logs, %d with a file unpublished: %d records, 0 lost, 0 doubled, 0 torn%n", kills,
                parts, records);
    }

    /** Kills a process some time after its first call has returned; the number of the last call that has. */
    private int lastOf(Process process) throws IOException, InterruptedException {
        BufferedReader numbers = process.inputReader();
        int last = Integer.parseInt(numbers.readLine());
        long end = System.nanoTime() + random.nextInt(LATEST_KILL_MILLISECONDS) * 1_000_000L;
        while (System.nanoTime() < end) {
            last = Integer.parseInt(numbers.readLine());
        }
        // Not by way of the process itself, which would close the pipe; what it said before it died is in it still.
        process.toHandle().destroyForcibly();
        for (String line = numbers.readLine(); line != null; line = numbers.readLine()) {
            last = Integer.parseInt(line);
        }
        process.waitFor();
        return last;
    }

    private static long parts(Home home) throws IOException {
        try (Stream<Path> paths = Files.list(home.spool())) {
            return paths.filter(path -> path.toString().endsWith(".part")).count();
        }
    }
}
