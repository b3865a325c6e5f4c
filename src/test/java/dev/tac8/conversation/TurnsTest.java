package dev.tac8.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.conversation.Conversation.Wish;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conversation turn by turn: what tools answer goes with the turn that asked, and no turn is large. */
class TurnsTest {
    private static final int LINE = 1 << 20;

    @TempDir
    private Path dir;
    private Folders folders;

    @BeforeEach
    void makeFolders() throws Exception {
        folders = new Folders(dir);
    }

    private static String assistant(String id, String content) {
        return "{\"type\":\"assistant\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"uuid\":\"u-" + id + "\",\"message\":{\"id\":\"" + id + "\",\"content\":[" + content
                + "],\"usage\":{\"output_tokens\":7}}}\n";
    }

    private static String user(String content) {
        return "{\"type\":\"user\",\"timestamp\":\"2026-11-22T10:00:01Z\",\"message\":{\"content\":" + content + "}}\n";
    }

    private static String result(String id, String text) {
        return user("[{\"type\":\"tool_result\",\"tool_use_id\":\"" + id + "\",\"content\":\"" + text + "\"}]");
    }

    private List<Turn> read(String file, Wish wish) throws Exception {
        folders.write("logs/a.jsonl", file);
        List<Turn> turns = new ArrayList<>();
        try (Conversation conversation = folders.open("logs/a.jsonl")) {
            conversation.read(wish, LINE, turns::add);
        }
        return turns;
    }

    @Test
    void whatAToolAnswersGoesWithItsCall() throws Exception {
        List<Turn> turns = read(user("\"Please\"") + assistant("m1", "{\"type\":\"text\",\"text\":\"I look.\"},{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"Bash\","
                + "\"input\":{\"command\":\"ls\\npwd\",\"description\":\"Look\"}}") + result("t1", "a.txt") + assistant("m2", "{\"type\":\"text\",\"text\":\"Done.\"}"),
                Wish.from(1, null, 100));

        assertThat(turns).extracting(Turn::role).containsExactly("user", "assistant", "assistant");
        assertThat(turns).extracting(Turn::number).containsExactly(1L, 2L, 3L);
        Turn turn = turns.get(1);
        assertThat(turn.message()).isEqualTo("m1");
        assertThat(turn.tokens()).isEqualTo("7 out");
        assertThat(turn.pieces()).extracting(Piece::kind).containsExactly(Piece.Kind.TEXT, Piece.Kind.CALL, Piece.Kind.RESULT);
        assertThat(turn.pieces().get(1).text()).isEqualTo("command:\nls\npwd\ndescription: Look");
        assertThat(turn.resultOf(turn.pieces().get(1)).text()).isEqualTo("a.txt");
        assertThat(turn.isShownWithItsCall(turn.pieces().get(2))).isTrue();
    }

    @Test
    void aWindowBeginsAtTheTurnThatIsWanted() throws Exception {
        List<Turn> turns = read(user("\"one\"") + user("\"two\"") + user("\"three\""), Wish.from(3, null, 100));

        assertThat(turns).extracting(Turn::number).containsExactly(1L, 2L, 3L);
        assertThat(turns.get(1).pieces()).isEmpty();
        assertThat(turns.get(2).pieces()).extracting(Piece::text).containsExactly("three");
    }

    @Test
    void aLongTextIsCutAndCanBeHadAsAWhole() throws Exception {
        String text = "0123456789".repeat(100);
        Piece cut = read(user("\"" + text + "\""), Wish.from(1, null, 15)).get(0).pieces().get(0);
        Piece whole = read(user("\"" + text + "\""), new Wish(1, null, 15, 1, 1, 995, 100)).get(0).pieces().get(0);

        assertThat(cut.text()).isEqualTo("012345678901234");
        assertThat(cut.isCut()).isTrue();
        assertThat(cut.characters()).isEqualTo(1000);
        assertThat(whole.text()).isEqualTo("56789");
    }

    @Test
    void whatIsLookedForIsCountedAlsoBehindTheCut() throws Exception {
        Pattern find = Pattern.compile(Pattern.quote("Needle."), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
        Turn turn = read(assistant("m1", "{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"Bash\",\"input\":{\"command\":\"grep needle.\"}}")
                + result("t1", "x".repeat(500) + " NEEDLE. needlex"), Wish.from(1, find, 50)).get(0);

        assertThat(turn.hits()).isEqualTo(2);
        assertThat(turn.pieces().get(1).around()).contains("NEEDLE.");
        assertThat(turn.pieces().get(1).text()).doesNotContain("NEEDLE");
    }

    @Test
    void whatCouldSteerAReaderIsAnEscape() throws Exception {
        Turn turn = read(user("\"a\\u001b[31mred\\u001b[0m \\u202eback\\u0007\\r\\n\\tb\""), Wish.from(1, null, 100)).get(0);

        assertThat(turn.pieces().get(0).text()).isEqualTo("ared \\u202eback\\u0007\n\tb");
    }

    @Test
    void aTurnOfManyPiecesIsContinued() throws Exception {
        StringBuilder results = new StringBuilder(assistant("m1", "{\"type\":\"text\",\"text\":\"Go.\"}"));
        for (int i = 0; i < 450; i++) {
            results.append(result("t" + i, "r" + i));
        }
        List<Turn> turns = read(results.toString(), Wish.from(1, null, 100));

        assertThat(turns).extracting(turn -> turn.pieces().size()).containsExactly(200, 200, 51);
    }
}
