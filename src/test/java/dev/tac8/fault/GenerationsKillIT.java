package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tac8.Home;
import dev.tac8.generation.EditedFiles;
import dev.tac8.generation.Generation;
import dev.tac8.generation.Generations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What last worked is there whole, whenever the process that keeps it is killed. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GenerationsKillIT {
    private static final int KILLS = Integer.getInteger("tac8.test.kills", 3);
    private static final int LATEST_KILL_MILLISECONDS = 400;

    @TempDir
    private Path dir;
    private Process process;

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void aKilledServiceLeavesTheGenerationThatItSaidOrTheNext() throws Exception {
        Random random = Corpus.random(getClass());
        Path spool = Files.createDirectory(dir.resolve("spool"));
        Generations generations = Generations.of(spool);
        for (int kill = 0; kill < KILLS; kill++) {
            Path log = dir.resolve("log" + kill);
            process = new ProcessBuilder(Home.java(List.of(), Keeping.class, spool.toString(), dir.resolve("home").toString()))
                    .redirectOutput(log.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            await().until(() -> Files.size(log) > 0);
            process.waitFor(random.nextInt(LATEST_KILL_MILLISECONDS), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();

            int said = Files.readString(log).lines().filter(line -> line.endsWith(".")).mapToInt(line -> Integer.parseInt(line.replace(".", ""))).max().orElseThrow();
            Generation latest = generations.latest().orElseThrow();
            assertThat(latest.number()).isBetween(said, said + 1);
            List<Generation> history = generations.history();
            assertThat(history).hasSizeLessThanOrEqualTo(Generations.KEPT + 1).extracting(Generation::number).startsWith(latest.number());
            for (Generation each : history) {
                assertThat(each.files().text("application.properties")).isEqualTo(Keeping.text(each.number()));
            }
            generations.keep(Keeping.write(dir.resolve("home"), latest.number() + 1), "test");
            try (Stream<Path> names = Files.list(spool.resolve(".tac8/generations"))) {
                assertThat(names.map(name -> name.getFileName().toString())).allMatch(name -> name.matches("\\d{6}")).hasSizeLessThanOrEqualTo(Generations.KEPT);
            }
        }
    }

    /** Keeps one generation after the other, and says each when it is kept. */
    static final class Keeping {
        private Keeping() {
        }

        public static void main(String[] args) throws IOException {
            Generations generations = Generations.of(Path.of(args[0]));
            int number = generations.latest().map(Generation::number).orElse(0);
            while (true) {
                number++;
                int kept = generations.keep(write(Path.of(args[1]), number), "edit").number();
                System.out.println(kept + ".");
            }
        }

        static EditedFiles write(Path home, int number) throws IOException {
            for (int i = 0; i < 10; i++) {
                Files.writeString(Files.createDirectories(home.resolve("sql/query")).resolve(i + ".sql"), "-- " + i + "\n");
            }
            Files.writeString(home.resolve("application.properties"), text(number));
            return EditedFiles.read(home);
        }

        static String text(int number) {
            return "generation=" + number + "\n";
        }
    }
}
