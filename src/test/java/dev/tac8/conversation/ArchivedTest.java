package dev.tac8.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.archive.OldHome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A conversation that was archived is shown as if it were still there, and the right one of those that had its name. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ArchivedTest {
    private static final Instant SPAWNED = Instant.parse("2026-02-03T04:00:00Z");
    private static final Instant WRITTEN = SPAWNED.plusSeconds(600);

    @TempDir
    private Path dir;
    private OldHome home;

    @BeforeEach
    void makeHome() throws Exception {
        dir = dir.toRealPath();
        home = new OldHome(dir.resolve("home"));
    }

    @Test
    void showsAnArchivedConversationByEachNameAWorkerMayHaveForIt() throws Exception {
        home.write("logs/deep/a.jsonl", "archived", WRITTEN);
        OldHome.move(home.settings());

        for (String name : List.of("logs/deep/a.jsonl", "deep/a.jsonl", "./deep//a.jsonl", home.path("logs/deep/a.jsonl").toString())) {
            try (Conversation conversation = open(name, SPAWNED)) {
                assertThat(raw(conversation)).as(name).isEqualTo("archived");
                assertThat(conversation.note()).startsWith("this conversation was archived on 20")
                        .endsWith(", and is read from " + conversation.path());
                assertThat(conversation.path().toString()).startsWith(home.path("var/external/conversations/2026-02/deep_a-").toString());
            }
        }
        // Also once its folder has moved, and the settings name another.
        Files.move(home.path("logs"), home.path("agents"));
        home.set("tac8.conversations.dir", "agents");
        assertThat(raw(open(home.path("logs/deep/a.jsonl").toString(), SPAWNED))).isEqualTo("archived");
    }

    @Test
    void showsItExactlyAsBefore() throws Exception {
        for (String name : List.of("stream", "transcript")) {
            byte[] bytes = Files.readAllBytes(Path.of("src/test/resources/conversation/" + name + ".jsonl"));
            home.write("logs/a.jsonl", new String(bytes, StandardCharsets.ISO_8859_1), WRITTEN);
            Files.write(home.path("logs/a.jsonl"), bytes);
            Files.setLastModifiedTime(home.path("logs/a.jsonl"), FileTime.from(WRITTEN));
            List<String> before = shown();
            OldHome.move(home.settings());

            assertThat(home.path("logs/a.jsonl")).doesNotExist();
            assertThat(shown()).isEqualTo(before);
            deleteArchive();
        }
    }

    @Test
    void ofSeveralThatHadTheNameShowsTheOneThatTheWorkerWrote() throws Exception {
        Instant second = SPAWNED.plus(Duration.ofDays(60));
        Instant third = SPAWNED.plus(Duration.ofDays(90));
        for (Instant spawned : List.of(SPAWNED, second, third)) {
            home.write("logs/a.jsonl", "of " + spawned, spawned.plusSeconds(600));
            OldHome.move(home.settings());
        }

        for (Instant spawned : List.of(SPAWNED, second, third)) {
            assertThat(raw(open("a.jsonl", spawned))).isEqualTo("of " + spawned);
            assertThat(raw(open("a.jsonl", spawned.minusSeconds(3600)))).as("spawned long before it ended").isEqualTo("of " + spawned);
            assertThat(raw(open("a.jsonl", spawned.plusSeconds(4000)))).as("only its end was recorded, late").isEqualTo("of " + spawned);
        }
        home.write("logs/a.jsonl", "now", Instant.now());
        assertThat(raw(open("a.jsonl", SPAWNED))).isEqualTo("of " + SPAWNED);
        assertThat(raw(open("a.jsonl", third))).isEqualTo("of " + third);
        assertThat(raw(open("a.jsonl", Instant.now().minusSeconds(60)))).isEqualTo("now");
        assertThat(raw(open("a.jsonl", third.plus(Duration.ofDays(5))))).isEqualTo("now");
    }

    @Test
    void showsNoWorkerTheWordsOfAnEarlierOne() throws Exception {
        home.write("logs/a.jsonl", "earlier", WRITTEN);
        OldHome.move(home.settings());

        assertThatThrownBy(() -> open("a.jsonl", SPAWNED.plus(Duration.ofDays(40)))).isInstanceOf(NoConversationException.class)
                .hasMessageContaining("An earlier conversation of that name is in the archive: ")
                .hasMessageContaining("last written to on 2026-02-03");
    }

    @Test
    void saysSoWhereItMayLieOnAVolumeThatIsMissing() throws Exception {
        home.write("logs/a.jsonl", "archived", WRITTEN);
        OldHome.move(home.settings());
        home.write("logs/b.jsonl", "there", Instant.now());
        Files.move(home.path("var/external"), home.path("var/away"));

        assertThatThrownBy(() -> open("a.jsonl", SPAWNED)).isInstanceOf(NoConversationException.class)
                .hasMessageContaining("or on the external volume, which is missing: no tac8 volume is mounted at "
                        + home.path("var/external"));
        try (Conversation conversation = open("b.jsonl", SPAWNED)) {
            assertThat(raw(conversation)).isEqualTo("there");
            assertThat(conversation.note())
                    .startsWith("an earlier conversation of this name may lie on the external volume, which is missing");
        }
        assertThat(open("b.jsonl", Instant.now().minusSeconds(60)).note()).as("nothing earlier can be").isNull();
    }

    @Test
    void saysSoWhereTheArchivedFileIsMissingOrDamaged() throws Exception {
        home.write("logs/a.jsonl", "archived ".repeat(1000), WRITTEN);
        OldHome.move(home.settings());
        Path file = archived();
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 0x55;
        Files.write(file, bytes);

        assertThatThrownBy(() -> raw(open("a.jsonl", SPAWNED))).isInstanceOf(IOException.class).hasMessageContaining(file + " is damaged");
        Files.delete(file);
        assertThatThrownBy(() -> open("a.jsonl", SPAWNED)).isInstanceOf(NoConversationException.class)
                .hasMessageContaining("was archived as " + file + ", which is not there any more");
    }

    @Test
    void aHostileManifestLeadsNowhereElse() throws Exception {
        home.write("secret.jsonl.gz", "secret", WRITTEN);
        home.write("var/external/conversations/2026-02/secret.jsonl", "", WRITTEN);
        Path month = home.path("var/external/conversations/2026-02");
        Files.createSymbolicLink(month.resolve("link.jsonl.gz"), home.path("secret.jsonl.gz"));
        Files.createSymbolicLink(home.path("var/external/conversations/2026-03"), home.path(""));
        new ProcessBuilder("mkfifo", month.resolve("pipe.jsonl.gz").toString()).start().waitFor();
        String start = "{\"path\":\"" + home.path("logs/a.jsonl") + "\",\"folder\":\"\",\"mtime\":\"" + WRITTEN + "\",\"archived\":\""
                + WRITTEN + "\",\"bytes\":1,\"sha256\":\"" + "0".repeat(64) + "\",\"file\":";
        for (String file : List.of("\"../../../../secret.jsonl.gz\"", "\"" + home.path("secret.jsonl.gz") + "\"", "\"link.jsonl.gz\"",
                "\"pipe.jsonl.gz\"", "\"a/../link.jsonl.gz\"", "\"\"", "\"..\"", "\"\\u0000.jsonl.gz\"", "null", "1", "{}",
                "\"x.jsonl.gz\\u001b[2J\"", "\"manifest.jsonl\"")) {
            Files.writeString(month.resolve("manifest.jsonl"), "\u0000\n[]\n{\n" + start + file + "}\n" + start + file + "}");

            assertThatThrownBy(() -> open("a.jsonl", SPAWNED)).as(file).isInstanceOf(NoConversationException.class)
                    .message().doesNotContain("\u001b");
        }
        Files.delete(month.resolve("manifest.jsonl"));
        Files.createSymbolicLink(month.resolve("manifest.jsonl"), home.path("secret.jsonl.gz"));
        assertThatThrownBy(() -> open("a.jsonl", SPAWNED)).isInstanceOf(NoConversationException.class)
                .hasMessageContaining("symbolic link");
    }

    private Path archived() throws IOException {
        try (Stream<Path> files = Files.walk(home.path("var/external/conversations"))) {
            return files.filter(file -> file.toString().endsWith(".gz")).findFirst().orElseThrow();
        }
    }

    private void deleteArchive() throws IOException {
        Files.delete(archived());
        Files.write(home.path("var/external/conversations/2026-02/manifest.jsonl"), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** In each of the ways there are, whole and cut to a time. */
    private List<String> shown() throws Exception {
        try (Conversation whole = open("a.jsonl", SPAWNED); Conversation cut = open("a.jsonl", SPAWNED)) {
            Instant middle = Instant.parse("2026-11-22T23:00:02Z");
            cut.cutTo(middle, middle.plusSeconds(2));
            StringWriter text = new StringWriter();
            for (Conversation one : List.of(whole, cut)) {
                PrintWriter out = new PrintWriter(text);
                one.print(new Conversation.Look(ZoneOffset.UTC, 100, false), out);
                one.printJson(out);
                one.printRaw(out);
            }
            return List.of(text.toString(), raw(whole), raw(cut));
        }
    }

    private Conversation open(String logFile, Instant spawned) throws Exception {
        return Conversations.of(home.settings()).open(logFile, spawned);
    }

    private static String raw(Conversation conversation) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        conversation.writeRaw(out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
