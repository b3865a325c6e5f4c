package dev.tac8.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineReaderTest {
    /** What the reader says of a line; the text, one char a byte, is null where the line is too long. */
    private record Line(long number, long offset, long length, boolean tooLong, String text) {
    }

    @Test
    void givesLinesWithTheirNumbersAndOffsets() throws IOException {
        assertThat(read("ab\n\nc\n", 10)).containsExactly(
                new Line(1, 0, 2, false, "ab"), new Line(2, 3, 0, false, ""), new Line(3, 4, 1, false, "c"));
    }

    @Test
    void countsALastLineWithoutLineFeed() throws IOException {
        assertThat(read("ab\nc", 10)).containsExactly(new Line(1, 0, 2, false, "ab"), new Line(2, 3, 1, false, "c"));
    }

    @Test
    void findsNoLineInAnEmptyFile() throws IOException {
        assertThat(read("", 10)).isEmpty();
    }

    @Test
    void takesOneCarriageReturnBeforeTheLineFeedAsLineEnd() throws IOException {
        assertThat(read("a\r\nb\r\r\n\r\nc\rd\n", 10)).containsExactly(
                new Line(1, 0, 2, false, "a"), new Line(2, 3, 3, false, "b\r"), new Line(3, 7, 1, false, ""),
                new Line(4, 9, 3, false, "c\rd"));
    }

    @Test
    void takesALineOfExactlyTheLimitAndRefusesOneByteMore() throws IOException {
        for (String end : List.of("\n", "\r\n", "")) {
            String exact = "x".repeat(10);
            int carriageReturn = end.length() == 2 ? 1 : 0;

            assertThat(read(exact + end, 10)).as("exact").containsExactly(new Line(1, 0, 10 + carriageReturn, false, exact));
            assertThat(read(exact + "x" + end, 10)).as("over").containsExactly(new Line(1, 0, 11 + carriageReturn, true, null));
        }
    }

    @Test
    void skipsAHugeLineAndGoesOnBehindIt() throws IOException {
        String huge = "x".repeat(300_000);

        assertThat(read("a\n" + huge + "\r\nb\n" + huge, 1024)).containsExactly(
                new Line(1, 0, 1, false, "a"), new Line(2, 2, 300_001, true, null), new Line(3, 300_004, 1, false, "b"),
                new Line(4, 300_006, 300_000, true, null));
    }

    @Test
    void holdsNoMoreOfAHugeLineThanTheLimit() throws IOException {
        try (LineReader reader = reader(("x".repeat(300_000) + "\nb").getBytes(StandardCharsets.US_ASCII), 1024, new Random(1), 4096)) {
            while (reader.next()) {
                assertThat(reader.buffer().length).isLessThanOrEqualTo(1024 + 2);
            }
            assertThat(reader.number()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void readsALineLongerThanItsFirstBuffer() throws IOException {
        String line = "y".repeat(200_000);

        assertThat(read("a\n" + line + "\nb", 1 << 20)).containsExactly(new Line(1, 0, 1, false, "a"),
                new Line(2, 2, 200_000, false, line), new Line(3, 200_003, 1, false, "b"));
    }

    @Test
    void agreesWithANaiveSplitterOnRandomBytes() throws IOException {
        long seed = System.nanoTime();
        System.out.println("LineReaderTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            byte[] bytes = randomBytes(random, random.nextInt(200));
            int max = 1 + random.nextInt(30);

            assertThat(read(bytes, max, random, 1 + random.nextInt(40))).as("seed " + seed + ", round " + i).isEqualTo(split(bytes, max));
        }
    }

    @Test
    void agreesWithANaiveSplitterWhereLinesCrossTheBuffer() throws IOException {
        long seed = System.nanoTime();
        System.out.println("LineReaderTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 30; i++) {
            byte[] bytes = new byte[random.nextInt(400_000)];
            Arrays.fill(bytes, (byte) 'x');
            for (int j = random.nextInt(12); j > 0 && bytes.length > 1; j--) {
                int at = random.nextInt(bytes.length - 1);
                bytes[at] = random.nextBoolean() ? (byte) '\r' : (byte) 'y';
                bytes[at + 1] = '\n';
            }
            int max = List.of(1024, (1 << 16) - 2, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 100_000, 1 << 20).get(random.nextInt(7));

            boolean same = read(bytes, max, random, 1 << 17).equals(split(bytes, max));

            assertThat(same).as("seed " + seed + ", round " + i).isTrue();
        }
    }

    @Test
    void readsTheSameFromAStreamThatGivesOneByteAtATime() throws IOException {
        byte[] bytes = ("a\r\n" + "x".repeat(40) + "\n\n" + "y".repeat(12) + "\r\nend").getBytes(StandardCharsets.US_ASCII);

        assertThat(read(bytes, 12, new Random(1), 1)).isEqualTo(split(bytes, 12)).hasSize(5);
    }

    private static List<Line> read(String text, int max) throws IOException {
        return read(text.getBytes(StandardCharsets.US_ASCII), max, new Random(1), Integer.MAX_VALUE);
    }

    private static List<Line> read(byte[] bytes, int max, Random random, int mostAtATime) throws IOException {
        List<Line> lines = new ArrayList<>();
        try (LineReader reader = reader(bytes, max, random, mostAtATime)) {
            while (reader.next()) {
                lines.add(new Line(reader.number(), reader.offset(), reader.length(), reader.isTooLong(), reader.isTooLong() ? null
                        : new String(reader.buffer(), reader.start(), reader.contentLength(), StandardCharsets.ISO_8859_1)));
                long next = reader.offset() + reader.length();
                assertThat(reader.position()).isEqualTo(next + (next < bytes.length ? 1 : 0));
            }
            assertThat(reader.position()).isEqualTo(bytes.length);
            assertThat(reader.next()).isFalse();
        }
        return lines;
    }

    private static LineReader reader(byte[] bytes, int max, Random random, int mostAtATime) {
        InputStream in = new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(length, 1 + random.nextInt(mostAtATime)));
            }
        };
        return new LineReader(in, max, 0, 0);
    }

    /** The whole file at once, a line at a time. */
    private static List<Line> split(byte[] bytes, int max) {
        List<Line> lines = new ArrayList<>();
        int offset = 0;
        while (offset < bytes.length) {
            int end = offset;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            int content = end > offset && bytes[end - 1] == '\r' ? end - 1 : end;
            boolean tooLong = content - offset > max;
            lines.add(new Line(lines.size() + 1, offset, end - offset, tooLong,
                    tooLong ? null : new String(bytes, offset, content - offset, StandardCharsets.ISO_8859_1)));
            offset = end + 1;
        }
        return lines;
    }

    private static byte[] randomBytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        for (int i = 0; i < length; i++) {
            switch (random.nextInt(12)) {
                case 0 -> bytes[i] = '\n';
                case 1 -> bytes[i] = '\r';
                default -> { }
            }
        }
        return bytes;
    }
}
