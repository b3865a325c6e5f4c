package dev.tac8.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Spool;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AbandonedTest {
    private static final String NAME = "20261122T100000000Z-logger-4711-0a1b2c3d-000001";

    @TempDir
    private Path spool;

    @Test
    void publishesThePartOfALoggerThatIsGoneWithoutItsTornLastLine() throws Exception {
        String whole = "{\"first\":1}\n" + "x".repeat(200_000) + "\n";
        write("." + NAME + ".part", whole + "{\"torn\":" + "y".repeat(100_000));

        new Abandoned(spool).publish();

        assertThat(names()).containsExactly(NAME + ".jsonl");
        assertThat(Files.readString(spool.resolve(NAME + ".jsonl"))).isEqualTo(whole);
    }

    @Test
    void removesAPartWithoutAWholeLine() throws Exception {
        write("." + NAME + ".part", "{\"torn\":");
        write("." + NAME + "-2.part", "");

        new Abandoned(spool).publish();

        assertThat(names()).isEmpty();
    }

    @Test
    void leavesThePartOfALoggerThatLivesInThisProcessAndItsLockWithIt() throws Exception {
        try (Part part = Part.create(spool)) {
            part.write("{}\n".getBytes(StandardCharsets.US_ASCII));
            String name = names().get(0);

            new Abandoned(spool).publish();
            takeByAnotherProcess();

            assertThat(names()).containsExactly(name);
        }
        takeByAnotherProcess();
        assertThat(names()).hasSize(1).allMatch(name -> name.endsWith(".jsonl"));
    }

    @Test
    void leavesThePartOfALoggerThatLivesInAnotherProcess() throws Exception {
        Process process = Python.script(spool, "writer.py", spool, "r", 1000, 1_000_000_000).start();
        try {
            process.inputReader().readLine();
            List<String> names = names();

            new Abandoned(spool).publish();

            assertThat(names()).isEqualTo(names).hasSize(1);
        } finally {
            process.destroyForcibly().waitFor();
        }
        new Abandoned(spool).publish();
        assertThat(names()).hasSize(1).allMatch(name -> name.endsWith(".jsonl"));
    }

    @Test
    void removesThePartOfACommandOfTac8ThatWasKilledAndNoOther() throws Exception {
        Process process = new ProcessBuilder(Home.java(List.of(), SlowPublisher.class, spool.toString())).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> names;
        try {
            assertThat(process.inputReader().readLine()).isEqualTo("half written");
            names = names();

            new Abandoned(spool).publish();

            assertThat(names()).isEqualTo(names).singleElement().asString().matches("\\.tac8-.*-import\\.jsonl\\.part");
        } finally {
            process.destroyForcibly().waitFor();
        }
        new Abandoned(spool).publish();
        assertThat(names()).isEmpty();
    }

    @Test
    void leavesThePartThatThisProcessIsPuttingIntoTheSpoolAndItsLockWithIt() throws Exception {
        Spool own = Ingest.spool(new Home(spool.resolveSibling("home")).set("tac8.spool.dir", spool).settings());
        own.publish("import", (target, out) -> {
            new Abandoned(spool).publish();
            takeByAnother();
            out.write("{}\n".getBytes(StandardCharsets.US_ASCII));
        });
        assertThat(names()).singleElement().asString().endsWith("-import.jsonl");
    }

    /** Another process, as a coordinator's logger is, looks for abandoned parts. */
    private void takeByAnother() throws IOException {
        try {
            new ProcessBuilder(Home.java(List.of(), SlowPublisher.class, spool.toString(), "look")).inheritIO().start().waitFor();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Puts half a file into a spool and waits to be killed, or looks for abandoned parts. */
    static final class SlowPublisher {
        public static void main(String[] args) throws Exception {
            Path spool = Path.of(args[0]);
            if (args.length > 1) {
                new Abandoned(spool).publish();
                return;
            }
            Spool own = Ingest.spool(Settings.load(Path.of(""), Map.of("TAC8_SPOOL_DIR", spool.toString()), Map.of()));
            own.publish("import", (target, out) -> {
                out.write("{\"a\":1}\n{\"b\":".getBytes(StandardCharsets.US_ASCII));
                System.out.println("half written");
                System.in.read();
            });
        }
    }

    @Test
    void leavesEveryFileThatNoLoggerMadeHoweverOld() throws Exception {
        List<String> others = List.of(".20261122T100000-4711.part", ".20261122T100000000Z-4711-1-import.jsonl.part", ".tac8-mine.part", ".status.json.new", ".a.jsonl.part", ".lock", "." + NAME + ".jsonl.part",
                "." + NAME + ".part.part", NAME + ".part", ".external-volume.part");
        for (String name : others) {
            Files.setLastModifiedTime(write(name, "{}\n"), FileTime.from(Instant.EPOCH));
        }
        Files.createSymbolicLink(spool.resolve("." + NAME + "-link.part"), write("outside", "{}\ntorn"));
        Files.createDirectory(spool.resolve("." + NAME + "-folder.part"));
        List<String> before = names();

        new Abandoned(spool).publish();

        assertThat(names()).isEqualTo(before);
        assertThat(Files.readString(spool.resolve("outside"))).isEqualTo("{}\ntorn");
    }

    @Test
    void replacesNoFile() throws Exception {
        write("." + NAME + ".part", "{\"a\":1}\n");
        write(NAME + ".jsonl", "{\"b\":1}\n");

        new Abandoned(spool).publish();

        assertThat(Files.readString(spool.resolve(NAME + ".jsonl"))).isEqualTo("{\"b\":1}\n");
        assertThat(names()).hasSize(2);
    }

    private void takeByAnotherProcess() throws IOException, InterruptedException {
        Python.run(spool, "threads.py", 0, 0);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(spool.resolve(name), content);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> paths = Files.list(spool)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
