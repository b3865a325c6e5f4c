package dev.tac8.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.archive.OldHome;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BoundedMemoryTest {
    private static final Instant SPAWNED = Instant.parse("2026-02-03T04:05:06Z");

    @TempDir
    private Path dir;

    @Test
    void showsALineOf100MegabytesInAHeapOf64() throws Exception {
        Folders folders = new Folders(dir.resolve("home"));

        show(folders, write(folders, 1, 0), 64);
    }

    @Test
    @Tag("long")
    void showsAFileOf200MegabytesWithALineOf100InAHeapOf192AndTheSameFromTheArchive() throws Exception {
        Folders folders = new Folders(dir.resolve("home"));
        // As long as a line may be, each character of it an escape to be written.
        long size = write(folders, 42, 15_000_000);
        assertThat(size).isGreaterThan(190_000_000);
        show(folders, size, 192);

        OldHome home = new OldHome(folders.path(""));
        Path file = OldHome.touch(folders.path("logs/a.jsonl"), SPAWNED.plusSeconds(600));
        OldHome.move(home.settings());
        assertThat(file).doesNotExist();
        show(folders, size, 192);
    }

    /** Writes so many megabytes, a line of 100 megabytes, one of escapes, and as much again; gives the size. */
    private static long write(Folders folders, int megabytes, int escapes) throws IOException {
        Path file = folders.path("logs/a.jsonl");
        try (OutputStream out = Files.newOutputStream(file)) {
            fill(out, 0, megabytes);
            writeLine(out, "x", 100_000_000);
            writeLine(out, "\u007f", escapes);
            fill(out, 1_000_000, megabytes);
        }
        return Files.size(file);
    }

    private static void show(Folders folders, long size, int megabytes) throws Exception {
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + megabytes + "m",
                "-XX:+ExitOnOutOfMemoryError", "-cp", System.getProperty("java.class.path"), Child.class.getName(), folders.path("").toString())
                .redirectErrorStream(true).start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(child.waitFor()).as(output).isZero();
        assertThat(output).contains("print 1 long", "turns long", "json 1 long", "raw " + size + " bytes", "cut 0 bytes");
    }

    /** About a megabyte each, with ids that are all different. */
    private static void fill(OutputStream out, int from, int megabytes) throws IOException {
        int id = from;
        for (int i = 0; i < megabytes; i++) {
            StringBuilder lines = new StringBuilder();
            while (lines.length() < 1_000_000) {
                lines.append("{\"type\":\"assistant\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"message\":{\"id\":\"message-of-some-length-").append(id++)
                        .append("\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t").append(id)
                        .append("\",\"name\":\"Bash\",\"input\":{\"command\":\"true\"}}],\"usage\":{\"output_tokens\":1}}}\n");
            }
            out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void writeLine(OutputStream out, String character, int times) throws IOException {
        byte[] some = character.repeat(1_000_000).getBytes(StandardCharsets.UTF_8);
        out.write("{\"type\":\"user\",\"message\":{\"content\":\"".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < times / 1_000_000; i++) {
            out.write(some);
        }
        out.write("\"}}\n".getBytes(StandardCharsets.UTF_8));
    }

    /** Shows it in each way, into nothing. */
    static final class Child {
        public static void main(String[] args) throws Exception {
            Folders folders = new Folders(Path.of(args[0]));
            try (Conversation conversation = folders.open("logs/a.jsonl", SPAWNED)) {
                Tail print = new Tail();
                conversation.print(new Conversation.Look(ZoneOffset.UTC, 100, true), print.writer());
                System.out.println("print " + (print.last().contains("left out: 1 line of") ? "1 long" : print.last()));
                List<String> said = conversation.read(Conversation.Wish.from(1, Pattern.compile("no such"), 1000), 4 << 20, turn -> true);
                System.out.println("turns " + (said.toString().contains("of more than 4 MiB") ? "long" : said));
                Tail json = new Tail();
                conversation.printJson(json.writer());
                System.out.println("json " + (json.last().contains("\"long_lines\":1,") ? "1 long" : json.last()));
                Tail printedRaw = new Tail();
                conversation.printRaw(printedRaw.writer());
                Tail raw = new Tail();
                conversation.writeRaw(raw);
                System.out.println("raw " + raw.bytes + " bytes");
                Tail cut = new Tail();
                conversation.cutTo(Instant.EPOCH, Instant.EPOCH).writeRaw(cut);
                System.out.println("cut " + cut.bytes + " bytes");
            }
        }
    }

    /** Counts what is written and keeps the end of it. */
    private static final class Tail extends OutputStream {
        private final byte[] ring = new byte[1000];
        private long bytes;

        @Override
        public void write(int b) {
            ring[(int) (bytes++ % ring.length)] = (byte) b;
        }

        @Override
        public void write(byte[] some, int offset, int length) {
            for (int i = Math.max(0, length - ring.length); i < length; i++) {
                ring[(int) ((bytes + i) % ring.length)] = some[offset + i];
            }
            bytes += length;
        }

        PrintWriter writer() {
            return new PrintWriter(this, false, StandardCharsets.UTF_8);
        }

        String last() {
            int split = (int) (bytes % ring.length);
            return new String(ring, split, ring.length - split, StandardCharsets.UTF_8) + new String(ring, 0, split, StandardCharsets.UTF_8);
        }
    }
}
