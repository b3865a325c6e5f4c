package dev.tac8.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files are read, and which never are. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConversationsTest {
    private static final String SECRET = "{\"secret\":1}\n";

    @TempDir
    private Path dir;
    private Folders folders;

    @BeforeEach
    void makeFolders() throws IOException {
        dir = dir.toRealPath();
        folders = new Folders(dir.resolve("home"));
        folders.write("secret.jsonl", SECRET);
    }

    @Test
    void findsARelativeNameFromTheLaunchersFolderFirstAndThenInEachConversationFolder() throws Exception {
        folders.named("logs," + dir.resolve("more"));
        folders.write("logs/logs/a.jsonl", "in a folder");
        folders.write("../more/b.jsonl", "more");
        folders.write("logs/deep/er/c.jsonl", "deep");

        assertThat(read("logs/a.jsonl")).isEqualTo("in a folder");
        folders.write("logs/a.jsonl", "launcher");
        assertThat(read("logs/a.jsonl")).isEqualTo("launcher");
        assertThat(read("a.jsonl")).isEqualTo("launcher");
        assertThat(read("./logs//a.jsonl")).isEqualTo("launcher");
        assertThat(read("b.jsonl")).isEqualTo("more");
        assertThat(read("deep/er/c.jsonl")).isEqualTo("deep");
    }

    @Test
    void readsAnAbsoluteNameInsideAConversationFolderAlsoWhereTheFolderItselfIsALink() throws Exception {
        Path real = folders.write("../disk/agents/a.jsonl", "real");
        Files.createSymbolicLink(dir.resolve("agents"), dir.resolve("disk/agents"));
        folders.named(dir.resolve("agents").toString());

        assertThat(read(real.normalize().toString())).isEqualTo("real");
        assertThat(read(dir.resolve("agents/a.jsonl").toString())).isEqualTo("real");
        assertThat(read("a.jsonl")).isEqualTo("real");
    }

    @Test
    void readsNamesOfAnyLanguageAndWithSpaces() throws Exception {
        folders.write("logs/gh 450 ä\n日本.jsonl", "here");

        assertThat(read("logs/gh 450 ä\n日本.jsonl")).isEqualTo("here");
    }

    @Test
    void refusesWhatIsOutsideTheConversationFolders() {
        for (String name : List.of("/etc/passwd", "logs/../secret.jsonl", "../home/logs/a.jsonl", "logs/x/../../secret.jsonl", "..", "/",
                "logs/..", folders.path("secret.jsonl").toString(), folders.path("logs").toString(), folders.path("logsX/a").toString())) {
            refused(name).hasMessageContaining("is outside the conversation folders (" + folders.path("logs") + ")")
                    .hasMessageContaining("name its folder in tac8.conversations.dir");
        }
    }

    @Test
    void saysOfAMissingFileWhereItWasLookedFor() {
        refused("logs/gone.jsonl").hasMessage("there is no conversation logs/gone.jsonl (looked for " + folders.path("logs/gone.jsonl") + ", "
                + folders.path("logs/logs/gone.jsonl") + "): it was moved or deleted, or lies in a folder that tac8.conversations.dir"
                + " does not name");
        refused("secret.jsonl").hasMessageContaining("looked for " + folders.path("logs/secret.jsonl") + ")");
        refused("logs/a.jsonl/b.jsonl").hasMessageStartingWith("there is no conversation");
        folders.named(dir.resolve("nowhere").toString());
        refused("a.jsonl").hasMessageStartingWith("there is no conversation a.jsonl");
    }

    @Test
    void saysSoWhereTheRecordsNameNoFile() {
        for (String name : new String[] {null, "", " \n"}) {
            refused(name).hasMessage("the worker's records name no log_file, so there is no conversation to show");
        }
    }

    @Test
    void takesHostileNamesForWhatTheyAreAndPrintsNoneOfTheirControls() throws Exception {
        for (String name : List.of("a\0b", "logs/a\0", "a\nb\u001b[31m\u009b\u202e", "~/x.jsonl", "~root", "http://example.org/a.jsonl",
                "file:///etc/passwd", "x".repeat(5000), "x/".repeat(50_000), "\uD800", "-rf", "$(id)", "logs/*", "\\\\server\\share", " ")) {
            assertThatThrownBy(() -> folders.open(name)).as(name).isInstanceOf(NoConversationException.class)
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1500).matches("[^\\p{Cntrl}\\u0080-\\u009f\\u202e]+"));
        }
    }

    @Test
    void followsNoLinkBelowAConversationFolder() throws Exception {
        Files.createSymbolicLink(folders.path("logs/link.jsonl"), folders.path("secret.jsonl"));
        Files.createSymbolicLink(folders.path("logs/up"), folders.path("."));
        Files.createSymbolicLink(folders.path("logs/dangling.jsonl"), folders.path("nowhere"));
        Files.createSymbolicLink(folders.path("logs/self.jsonl"), Path.of("self.jsonl"));
        folders.write("logs/real.jsonl", "real");
        Files.createSymbolicLink(folders.path("logs/inner.jsonl"), Path.of("real.jsonl"));

        for (String name : List.of("link.jsonl", "dangling.jsonl", "self.jsonl", "inner.jsonl")) {
            refused("logs/" + name).hasMessageContaining("it is a symbolic link, and links are not followed");
        }
        refused("logs/up/secret.jsonl").hasMessageContaining("up, on the way to it, is a symbolic link");
    }

    @Test
    void opensNoFolderPipeSocketOrDevice() throws Exception {
        Files.createDirectories(folders.path("logs/folder"));
        assertThat(new ProcessBuilder("mkfifo", folders.path("logs/pipe").toString()).inheritIO().start().waitFor()).isZero();
        refused("logs/folder").hasMessageContaining("it is a folder");
        refused("logs/pipe").hasMessageContaining("it is no regular file, but a pipe, a socket or a device");
        Path socket = Files.createTempDirectory("s").resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            folders.named(socket.getParent().toString());
            refused(socket.toString()).hasMessageContaining("it is no regular file");
        } finally {
            Files.deleteIfExists(socket);
            Files.delete(socket.getParent());
        }
        folders.named("/dev");
        refused("/dev/zero").hasMessageContaining("it is no regular file");
    }

    @Test
    void readsNothingOutsideWhileTheFileAndItsFolderAreSwappedForLinks() throws Exception {
        folders.write("outside/a.jsonl", SECRET);
        folders.write("logs/in/a.jsonl", "inside");
        AtomicBoolean stop = new AtomicBoolean();
        Thread swapper = new Thread(() -> {
            try {
                for (int i = 0; !stop.get(); i++) {
                    Path file = folders.path("logs/in/a.jsonl");
                    Path link = folders.path("logs/.link");
                    if (i % 2 == 0) {
                        Files.createSymbolicLink(link, folders.path("outside/a.jsonl"));
                        Files.move(link, file, StandardCopyOption.ATOMIC_MOVE);
                        Files.move(Files.writeString(link, "inside"), file, StandardCopyOption.ATOMIC_MOVE);
                    } else {
                        Files.move(folders.path("logs/in"), folders.path("logs/away"));
                        Files.createSymbolicLink(folders.path("logs/in"), folders.path("outside"));
                        Files.delete(folders.path("logs/in"));
                        Files.move(folders.path("logs/away"), folders.path("logs/in"));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        swapper.start();
        int read = 0;
        int refused = 0;
        try {
            for (int i = 0; i < 100_000 && (i < 3000 || read == 0 || refused == 0); i++) {
                try {
                    assertThat(read("logs/in/a.jsonl")).isEqualTo("inside");
                    read++;
                } catch (NoConversationException e) {
                    refused++;
                }
            }
        } finally {
            stop.set(true);
            swapper.join();
        }
        assertThat(read).isPositive();
        assertThat(refused).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.jsonl", "./x.jsonl", "logs/x.jsonl", "logs//./x.jsonl", "x.jsonl/", "a/../x.jsonl", "logs/b/../x.jsonl",
            "HERE/logs/x.jsonl", "HERE/logs/../logs/x.jsonl", "latest.jsonl", "logs/latest.jsonl", "hard.jsonl", "linked/x.jsonl",
            "HERE/linked/x.jsonl", "outside/x.jsonl", "HERE/outside/x.jsonl", "../home/logs/x.jsonl"})
    void knowsAFileHoweverItsNameIsSpelt(String name) throws Exception {
        assertThat(namesOfX(name)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"y.jsonl", "a/x.jsonl", "HERE/more/x.jsonl", "x.jsonl.gz", "X.jsonl", "..", "", " ", "HERE", "/", "/etc/passwd", "\0",
            "self.jsonl", "x.jsonl/y"})
    void takesNoOtherFileForIt(String name) throws Exception {
        assertThat(namesOfX(name)).isEmpty();
    }

    private Set<String> namesOfX(String name) throws Exception {
        folders.named("logs,more,linked");
        folders.write("logs/x.jsonl", "x");
        folders.write("logs/a/y.jsonl", "x");
        folders.write("more/x.jsonl", "x");
        Files.createSymbolicLink(folders.path("logs/latest.jsonl"), Path.of("x.jsonl"));
        Files.createSymbolicLink(folders.path("logs/self.jsonl"), Path.of("self.jsonl"));
        Files.createSymbolicLink(folders.path("logs/b"), Path.of("a"));
        Files.createSymbolicLink(folders.path("outside"), Path.of("logs"));
        Files.createSymbolicLink(folders.path("linked"), Path.of("logs"));
        Files.createLink(folders.path("logs/hard.jsonl"), folders.path("logs/x.jsonl"));
        try (Conversation conversation = folders.open("logs/x.jsonl")) {
            return folders.conversations().namesOf(conversation, Set.of(name.replace("HERE", folders.path("").toString())));
        }
    }

    @Test
    void aFileThatIsDeletedWhileItIsOpenIsStillShown() throws Exception {
        Path file = folders.write("logs/a.jsonl", "still here");
        try (Conversation conversation = folders.open("logs/a.jsonl")) {
            Files.delete(file);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            conversation.writeRaw(out);

            assertThat(out).hasToString("still here");
            assertThat(conversation.path()).isEqualTo(file);
        }
    }

    @Test
    void saysSoWhereTheUserMayNotReadIt() throws Exception {
        assumeThat(System.getProperty("user.name")).as("who may read all").isNotEqualTo("root");
        Path file = folders.write("logs/a.jsonl", "x");
        assertThat(file.toFile().setReadable(false)).isTrue();

        refused("logs/a.jsonl").hasMessageContaining("this user may not read it");
    }

    private String read(String name) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Conversation conversation = folders.open(name)) {
            conversation.writeRaw(out);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused(String name) {
        return assertThatThrownBy(() -> folders.open(name)).as(name).isInstanceOf(NoConversationException.class);
    }
}
