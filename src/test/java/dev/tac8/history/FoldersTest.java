package dev.tac8.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents' files are found where their own variables say, each once. */
class FoldersTest {
    @TempDir
    private Path dir;

    private Path file(String name) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "{}\n");
    }

    private Folders folders(String... variables) {
        Map<String, String> environment = new HashMap<>(Map.of("HOME", dir.toString()));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return new Folders(environment);
    }

    @Test
    void thoseOfClaudeInAllItsFoldersWithThoseOfSubAgents() throws IOException {
        Path main = file(".claude/projects/-srv/a.jsonl");
        Path sub = file(".claude/projects/-srv/a/subagents/agent-1.jsonl");
        Path old = file(".config/claude/projects/-srv/b.jsonl");
        Path own = file("one/projects/-srv/c.jsonl");
        Path other = file("two/projects/-srv/d.jsonl");
        file(".claude/history.jsonl");
        file(".claude/projects/-srv/a/subagents/agent-1.meta.json");
        file(".claude/projects/-srv/a/tool-results/x.txt");

        assertThat(folders("CLAUDE_CONFIG_DIR", dir.resolve("one") + ", ~/two,").of("claude")).containsExactlyInAnyOrder(main, sub, old, own, other);
    }

    @Test
    void aFolderThatIsNamedTwiceIsReadOnce() throws IOException {
        Path main = file(".claude/projects/-srv/a.jsonl");
        Files.createSymbolicLink(dir.resolve("again"), dir.resolve(".claude"));

        assertThat(folders("CLAUDE_CONFIG_DIR", dir.resolve("again").toString()).of("claude")).containsExactly(main);
    }

    @Test
    void thoseOfCodexAndGemini() throws IOException {
        Path rollout = file(".codex/sessions/2026/10/05/rollout-1.jsonl");
        Path archived = file(".codex/archived_sessions/rollout-2.jsonl");
        Path chat = file(".gemini/tmp/shop/chats/session-1.jsonl");
        Path older = file(".gemini/tmp/shop/chats/session-2.json");
        Path elsewhere = file("agents/.gemini/tmp/shop/chats/session-3.jsonl");
        file(".gemini/tmp/shop/logs.json");

        assertThat(folders().of("codex")).containsExactlyInAnyOrder(rollout, archived);
        assertThat(folders("CODEX_HOME", dir.resolve(".codex/nothing").toString()).of("codex")).isEmpty();
        assertThat(folders().of("gemini")).containsExactlyInAnyOrder(chat, older);
        assertThat(folders("GEMINI_CLI_HOME", dir.resolve("agents").toString()).of("gemini")).containsExactly(elsewhere);
    }

    @Test
    void aFileIsTakenByItsNameWhateverItIsCalled() throws IOException {
        Path named = file("log.txt");

        assertThat(folders().files(List.of(named, dir.resolve("nowhere")))).containsExactly(named);
    }
}
