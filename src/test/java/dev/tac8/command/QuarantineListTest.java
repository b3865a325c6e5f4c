package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is in quarantine, for people and for programs. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QuarantineListTest {
    @TempDir
    private Path dir;
    private Home home;
    private Reader reader;

    @BeforeEach
    void makeHome() throws Exception {
        home = new Home(dir);
        reader = new Reader(dir);
        home.drop("a.jsonl", "no record", "nor, \"this\"");
        home.drop("b.jsonl", "and this");
        home.drain();
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void namesEachLineForAProgram() {
        JsonNode list = reader.askPlainly("quarantine", "list", "--json").json();

        assertThat(list.get("lines")).hasSize(3);
        JsonNode second = list.get("lines").get(1);
        assertThat(second.get("file").asText()).isEqualTo(home.quarantined().get(0).toString());
        assertThat(second.get("line").asLong()).isEqualTo(2);
        assertThat(second.get("byte").asLong()).isEqualTo(10);
        assertThat(second.get("reason").asText()).startsWith("the line is not valid JSON: ");
        assertThat(second.get("begins").asText()).isEqualTo("nor, \"this\"");
        assertThat(list.get("missing")).isEmpty();
        assertThat(list.get("remarks")).isEmpty();
        Reader.Answered csv = reader.askPlainly("quarantine", "list", "--csv");
        assertThat(csv.out()).startsWith("file,line,byte,reason,begins\r\n" + home.quarantined().get(0) + ",1,0,").hasLineCount(4);
        assertThat(csv.code()).isZero();
    }

    @Test
    void saysWhatIsLeftOutOfAList() {
        JsonNode list = reader.askPlainly("quarantine", "list", "--json", "--limit", "2").json();

        assertThat(list.get("lines")).hasSize(2);
        assertThat(list.get("remarks").get(0).asText()).isEqualTo("and 1 more: --limit 3 lists all 3 lines in 2 files");
    }

    @Test
    void namesAFileThatCannotBeReadAndListsTheOthers() throws Exception {
        Path first = home.quarantined().get(0);
        Files.delete(first);
        Files.createSymbolicLink(first, dir.resolve("elsewhere"));

        Reader.Answered text = reader.askPlainly("quarantine", "list");
        assertThat(text.code()).isEqualTo(4);
        assertThat(text.out()).contains(home.quarantined().get(1).toString(), "line 1, byte 0: ");
        assertThat(text.err()).isEqualTo("tac8: " + first + " cannot be read, and its lines are missing here: it is no regular file\n");
        Reader.Answered json = reader.askPlainly("quarantine", "list", "--json");
        assertThat(json.code()).isEqualTo(4);
        assertThat(json.json().get("missing")).hasSize(1);
        assertThat(json.json().get("lines")).hasSize(1);
    }

    @Test
    void anEmptyOneIsAnEmptyListAndNothingFound() throws Exception {
        for (Path file : home.quarantined()) {
            Files.delete(file);
        }

        Reader.Answered json = reader.askPlainly("quarantine", "list", "--json");

        assertThat(json.code()).isEqualTo(1);
        assertThat(json.json().get("lines")).isEmpty();
        assertThat(json.err()).isEqualTo("Nothing is in quarantine.\n");
        assertThat(reader.askPlainly("quarantine", "list").out()).isEqualTo("Nothing is in quarantine.\n");
    }
}
