package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder may be called anything, whatever its letters mean in a URI, a placeholder or an expression. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FolderNamesTest {
    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(strings = {
            "a %20%25%zz+ ?b=c&mode=memory #d \\e {{tac8.spool.dir}} {{f}} ${body} #{g} $simple{h} RAW(i) Ümläut 日本 'j\" [k]* ~|;:memory:",
            "?journal_mode=wal"})
    void isReadAndWrittenAsItIsCalled(String name) throws Exception {
        Path folder = dir.resolve(name);
        Reader reader = new Reader(folder, "-Dtac8.archive.cron=0 0 3 1 1 ? 2099");
        try (Home home = new Home(folder)) {
            home.drop("a.jsonl", "{\"type\":\"event\",\"id\":\"e\",\"timestamp\":\"2020-01-02T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"t\","
                    + "\"message\":\"m\"}");
            home.drain();
            assertThat(home.done()).hasSize(1);
            assertThat(Files.size(home.path("var/external/logs.db"))).isPositive();
            Path backup = Files.createDirectory(folder.resolve("backup"));

            for (List<String> command : List.of(List.of("rebuild", "--check"), List.of("archive"), List.of("archive", "verify"),
                    List.of("sql", "SELECT message FROM events WHERE event_type = 't'"), List.of("backup", backup.toString()), List.of("status"))) {
                Reader.Answered answer = reader.ask(command.toArray(String[]::new));

                assertThat(answer.code()).as("%s: %s", command, answer).isZero();
                assertThat(answer.err()).as("%s", command).isEmpty();
            }
            assertThat(home.path("var/external/archive/logs-2020-01.db")).exists();
        }
        try (Stream<Path> made = Files.list(dir)) {
            assertThat(made).as("nothing is made elsewhere").containsExactly(folder);
        }
    }
}
