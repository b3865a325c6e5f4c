package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands do with tac8.broker=kafka, as processes. */
@Tag("process")
class KafkaCommandTest {
    private static final String EVENT = "{\"type\":\"event\",\"id\":\"1\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"trigger\",\"message\":\"m\"}\n";

    @TempDir
    private static Path server;
    private static KafkaSite kafka;

    @TempDir
    private Path dir;

    @BeforeAll
    static void start() {
        kafka = new KafkaSite(server);
    }

    @AfterAll
    static void stop() {
        if (kafka != null) {
            kafka.close();
        }
    }

    /** A process on the jar alone, as the launcher starts it; which classes it opens is in the file {@code classes} of the folder. */
    private Process ofTheJar(Path folder, Home home, String... args) throws Exception {
        return home.processOf(List.of("-Xlog:class+load:file=" + folder.resolve("classes")), Path.of("target/tac8.jar").toAbsolutePath().toString(), args)
                .redirectOutput(folder.resolve("said").toFile()).start();
    }

    private void ends(Process process, Path folder) throws Exception {
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(folder.resolve("said"))).isZero();
    }

    private Path record() throws Exception {
        return Files.writeString(dir.resolve("a.jsonl"), EVENT);
    }

    @Test
    void sendsAndStoresByTheLibrariesBesideTheOthers() throws Exception {
        kafka.topics("by-the-jar", 1);
        Path edgeDir = dir.resolve("edge");
        Path joinDir = dir.resolve("join");
        Home edge = kafka.use(new Home(edgeDir), "edge", "by-the-jar");
        Home join = kafka.use(new Home(joinDir), "join", "by-the-jar");

        ends(ofTheJar(edgeDir, edge, "ingest", record().toString()), edgeDir);
        Process run = ofTheJar(joinDir, join, "run");
        kafka.awaitJoined("by-the-jar");
        run.destroy();
        run.waitFor();

        assertThat(Files.readString(edgeDir.resolve("said"))).contains("records      1");
        assertThat(join.query("SELECT record_id FROM events WHERE session_id = 's'")).containsExactly("1");
        assertThat(Files.readString(edgeDir.resolve("classes"), StandardCharsets.UTF_8)).contains("org.apache.kafka.clients.producer.KafkaProducer");
    }

    @Test
    void withoutTheSettingNoLibraryOfTheBrokerIsOpened() throws Exception {
        ends(ofTheJar(dir, new Home(dir), "ingest", record().toString()), dir);

        assertThat(Files.readString(dir.resolve("classes"))).contains("org.sqlite.core.NativeDB").doesNotContain("org.apache.kafka", "camel.component.kafka", "dev.tac8.kafka");
    }
}
