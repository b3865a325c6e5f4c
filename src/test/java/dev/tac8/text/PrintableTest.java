package dev.tac8.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void leavesTextAsItIs() {
        String text = "déjà vu – Übersetzung, 日本語, العربية, emoji \uD83D\uDE80, one of tomorrow \uD83E\uDEFF, e\u0301, \"quoted\" \\ ~";

        assertThat(Printable.of(text)).isSameAs(text);
    }

    @Test
    void escapesWhatSteersATerminalOrHidesText() {
        assertThat(Printable.of("a\u001b[31mb\nc\td\u007f\u009b2J")).isEqualTo("a\\u001b[31mb\\u000ac\\u0009d\\u007f\\u009b2J");
        assertThat(Printable.of("\u202eevil\u2066\u200f\u200b\ufeff\u2028")).isEqualTo("\\u202eevil\\u2066\\u200f\\u200b\\ufeff\\u2028");
        assertThat(Printable.of("tag \uDB40\uDC41, lone \uD83D")).isEqualTo("tag \\udb40\\udc41, lone \\ud83d");
    }

    @Test
    void letsNoControlThroughOfAllThereAre() {
        int[] all = IntStream.rangeClosed(0, Character.MAX_CODE_POINT).toArray();
        String printable = Printable.of(new String(all, 0, all.length));

        assertThat(printable.codePoints().filter(c -> c < 0x20 || c >= 0x7f && c < 0xa0 || c == 0xad || c == 0x61c || c >= 0x200b && c <= 0x200f
                || c >= 0x2028 && c <= 0x202e || c >= 0x2060 && c <= 0x206f || c >= 0xd800 && c < 0xe000 || c == 0xfeff
                || c >= 0xfff9 && c <= 0xfffb || c >= 0xe0000 && c < 0xf0000)).isEmpty();
        assertThat(printable).contains("~", "\u00a0", "\u0301", "\u65e5", "\uD83D\uDE80");
    }

    @Test
    void aLineOfJsonSaysTheSameAsBefore() throws Exception {
        long seed = System.nanoTime();
        System.out.println("PrintableTest seed " + seed);
        Random random = new Random(seed);
        JsonMapper json = new JsonMapper();
        for (int i = 0; i < 2000; i++) {
            String text = random.ints(random.nextInt(40), 0, random.nextBoolean() ? 0x300 : Character.MAX_CODE_POINT)
                    .filter(c -> c < 0xd800 || c > 0xdfff)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
            StringWriter written = new StringWriter();
            PrintWriter out = new PrintWriter(written);
            Printable.write(json.writeValueAsString(text), out);

            assertThat(json.readValue(written.toString(), String.class)).as("seed " + seed + ", round " + i).isEqualTo(text);
        }
    }
}
