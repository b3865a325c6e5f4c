package dev.tac8.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PagerTest {
    @TempDir
    private Path dir;
    private final StringWriter plain = new StringWriter();

    @Test
    void choosesAsGitDoes() throws IOException {
        String path = Files.createDirectory(dir.resolve("bin")).toString();

        assertThat(command(true, "TERM", "xterm", "PATH", path)).isNull();
        assertThat(Files.createFile(dir.resolve("bin/more")).toFile().setExecutable(true)).isTrue();
        assertThat(command(true, "TERM", "xterm", "PATH", path)).isEqualTo("more");
        assertThat(Files.createFile(dir.resolve("bin/less")).toFile().setExecutable(true)).isTrue();
        assertThat(command(true, "TERM", "xterm", "PATH", "/nowhere::" + path)).isEqualTo("less");
        assertThat(command(true, "TERM", "xterm", "PATH", path, "PAGER", "most -s")).isEqualTo("most -s");
        assertThat(command(true, "TERM", "xterm", "PATH", path, "PAGER", "")).isNull();
        assertThat(command(true, "TERM", "xterm", "PATH", path, "PAGER", "cat")).isNull();
        assertThat(command(true, "TERM", "dumb", "PATH", path)).isNull();
        assertThat(command(true, "PATH", path)).isNull();
        assertThat(command(false, "TERM", "xterm", "PATH", path, "PAGER", "less")).isNull();
    }

    @Test
    void printsThroughThePagerAndWaitsForIt() throws IOException {
        Path shown = dir.resolve("shown");

        show("cat >'" + shown + "'", out -> out.print("déjà\nvu\n"));

        assertThat(shown).hasContent("déjà\nvu");
        assertThat(plain.toString()).isEmpty();
    }

    @Test
    void tellsTheWriterWhenTheReaderLeavesEarlyAndIsNotUpset() throws IOException {
        show("true", out -> {
            while (!out.checkError()) {
                out.println("line");
            }
        });

        assertThat(plain.toString()).isEmpty();
    }

    @Test
    void printsAsItIsWhereThePagerCannotBeStarted() throws IOException {
        show("'" + dir.resolve("no-such-pager") + "' 2>/dev/null", out -> out.print("text"));

        assertThat(plain.toString()).isEqualTo("text");
    }

    @Test
    void handsOnWhatFailsInPrinting() {
        assertThatThrownBy(() -> show("cat >/dev/null", out -> {
            throw new IOException("the disk is gone");
        })).hasMessage("the disk is gone");
    }

    private void show(String command, Pager.Content content) throws IOException {
        new Pager(true, Map.of("TERM", "xterm", "PAGER", command)).showTo(content, new PrintWriter(plain));
    }

    private static String command(boolean terminal, String... environment) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            map.put(environment[i], environment[i + 1]);
        }
        return new Pager(terminal, map).command();
    }
}
