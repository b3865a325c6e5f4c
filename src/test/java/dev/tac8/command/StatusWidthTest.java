package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./tac8 status} shows fits on a terminal. */
class StatusWidthTest {
    @TempDir
    private Path dir;

    @Test
    void eachStoreIsOneLineOnANarrowTerminalAndOnAWideOne() throws Exception {
        Home home = new Home(dir);
        home.drop("a.jsonl", "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"e\",\"message\":\"m\"}");
        home.drain();

        for (int columns : new int[] {80, 200}) {
            String shown = new Reader(dir).atTerminal(columns).ask("status").out();
            assertThat(shown.lines()).as(shown).allMatch(line -> line.length() <= columns);
            assertThat(shown).containsPattern(columns == 80 ? "\nexternal .* KiB  \\d+ s ago\nlocal .* KiB  \\d+ s ago\n"
                    : "\nexternal .* KiB  \\S+Z, \\d+ s ago\nlocal .* KiB  \\S+Z, \\d+ s ago\n");
        }
    }
}
