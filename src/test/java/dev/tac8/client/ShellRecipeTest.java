package dev.tac8.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of shell in the README, as they stand there. */
class ShellRecipeTest {
    @TempDir
    private Path dir;

    @Test
    void theRecipeOfTheReadmeStoresAnEventEachTimeItRuns() throws Exception {
        Path readme = Path.of("README.md");
        Assumptions.assumeTrue(Files.exists(readme));
        Matcher recipe = Pattern.compile("```\n(f=\\$\\(date.*?)```", Pattern.DOTALL).matcher(Files.readString(readme));
        assertThat(recipe.find()).as("a block that begins with f=$(date").isTrue();
        Home home = new Home(dir);
        Files.createDirectories(home.spool());

        // In one shell and within one second, as in a loop.
        Process shell = new ProcessBuilder("sh", "-eu", "-c", recipe.group(1).repeat(3)).directory(dir.toFile()).redirectErrorStream(true)
                .start();
        assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
        assertThat(shell.waitFor()).isZero();
        assertThat(home.waiting()).hasSize(3);
        home.drain();

        assertThat(home.quarantined()).isEmpty();
        assertThat(home.query("SELECT session_id, event_type, message FROM events"))
                .containsExactly("s1|trigger|hello", "s1|trigger|hello", "s1|trigger|hello");
    }
}
