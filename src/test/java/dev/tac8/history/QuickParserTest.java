package dev.tac8.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is passed over quickly is passed over as Jackson does it, byte by byte, and what Jackson refuses is refused at the same place. */
class QuickParserTest {
    private static final QuickParser.Factory FACTORY = new QuickParser.Factory(1 << 20);
    private static final List<String> PIECES = List.of("x", "plain words ", "\\n", "\\\"", "\\\\", "\\/", "\\u001b[31m", "\\uD83D\\uDE00", "\\u00G1", "\\x", "é", "日本", "\uD83D\uDE00", "\u007f",
            "\t", "\u0001", "x".repeat(40), "{}[],:");

    private final long seed = Long.getLong("tac8.test.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void randomAndMutatedTextIsReadAsJacksonReadsIt() throws IOException {
        System.out.println("-Dtac8.test.seed=" + seed);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = object().getBytes(StandardCharsets.UTF_8);
            for (int flips = random.nextInt(3); flips > 0; flips--) {
                bytes[3 + random.nextInt(bytes.length - 3)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(10) == 0) {
                bytes = java.util.Arrays.copyOf(bytes, 4 + random.nextInt(bytes.length - 4));
            }
            // Which of the values are wanted, and how many bytes come at once, is the same for both.
            long same = random.nextLong();
            List<String> expected = tokens(FACTORY.createParser(slowly(bytes, same)), same);

            assertThat(tokens(FACTORY.createQuickParser(slowly(bytes, same)), same)).as(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(expected);
            refused += expected.get(expected.size() - 1).startsWith("refused") ? 1 : 0;
        }
        assertThat(refused).isBetween(1000, 19_000);
    }

    @Test
    void textThatIsLongerThanTheBufferIsPassedOver() throws IOException {
        for (int length = (1 << 16) - 40; length < (1 << 16) + 40; length++) {
            byte[] bytes = ("{\"a\":\"" + "é".repeat(length / 2) + "\\u00e9\\n\",\"b\":" + length + "}").getBytes(StandardCharsets.UTF_8);
            assertThat(tokens(FACTORY.createQuickParser(new ByteArrayInputStream(bytes)), 0)).isEqualTo(tokens(FACTORY.createParser(new ByteArrayInputStream(bytes)), 0));
        }
    }

    private String object() {
        StringBuilder text = new StringBuilder("{\"f\":");
        for (int i = random.nextInt(4); i >= 0; i--) {
            text.append('"');
            for (int pieces = random.nextInt(12); pieces > 0; pieces--) {
                // Most of what is refused would else be so at the first piece that is wrong.
                String piece = PIECES.get(random.nextInt(PIECES.size()));
                text.append(random.nextInt(4) > 0 && List.of("\\u00G1", "\\x", "\t", "\u0001").contains(piece) ? "-" : piece);
            }
            text.append(i == 0 ? "\"" : "\",\"g" + i + "\":");
        }
        return text + "} {\"next\":\"x\"}";
    }

    private static List<String> tokens(JsonParser parser, long seed) {
        Random wanted = new Random(seed);
        List<String> tokens = new ArrayList<>();
        try (parser) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                String text = seed != 0 && wanted.nextInt(4) == 0 ? parser.getText() : "";
                tokens.add(token + " " + parser.currentName() + " " + text + (token == JsonToken.END_OBJECT ? parser.currentLocation().getByteOffset() : ""));
            }
        } catch (IOException e) {
            tokens.add("refused: " + e.getClass().getSimpleName());
        }
        return tokens;
    }

    /** Some bytes at a time. */
    private static InputStream slowly(byte[] bytes, long seed) {
        Random some = new Random(seed);
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] to, int from, int most) {
                return super.read(to, from, Math.min(most, 4 + some.nextInt(30)));
            }
        };
    }
}
