package dev.tac8.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;

/**
 * Writes transcripts as Claude Code does, for a comparison of readers. Arguments: folder of {@code projects/}, megabytes.
 *
 * <p>A response is one to three lines, and behind each stands what a tool has said; one session in ten has a sub-agent, and one in twenty is a fork that begins with
 * the lines of the one before.
 */
final class Transcripts {
    private static final long SEED = 20261130;
    private static final String[] MODELS = {"claude-opus-5", "claude-opus-5", "claude-sonnet-5", "claude-haiku-4-5-20251001"};

    private final Random random = new Random(SEED);
    private final String words = words();
    private Instant time = Instant.parse("2026-09-01T08:00:00Z");
    private long written;

    private Transcripts() {
    }

    public static void main(String[] args) throws IOException {
        new Transcripts().write(Path.of(args[0]), Long.parseLong(args[1]) << 20);
    }

    private String words() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 200_000; i++) {
            text.append((char) ('a' + random.nextInt(26))).append(i % 7 == 0 ? " " : i % 61 == 0 ? "|" : i % 97 == 0 ? "'" : "");
        }
        return text.toString();
    }

    private String some(int most) {
        int length = 20 + random.nextInt(most);
        int from = random.nextInt(words.length() - length - 2);
        return words.substring(from, from + length).replace("|", "\\n").replace("'", "\\\"");
    }

    private String uuid() {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    private void write(Path folder, long bytes) throws IOException {
        for (int session = 0; written < bytes; session++) {
            String id = uuid();
            Path project = Files.createDirectories(folder.resolve("projects/-srv-project" + session % 20));
            Path file = project.resolve(id + ".jsonl");
            try (BufferedWriter out = Files.newBufferedWriter(file)) {
                line(out, "{\"type\":\"queue-operation\",\"operation\":\"enqueue\",\"timestamp\":\"" + time + "\",\"sessionId\":\"" + id + "\"}");
                turns(out, id, 100 + random.nextInt(200), false);
            }
            if (session % 10 == 0) {
                Path sub = Files.createDirectories(project.resolve(id).resolve("subagents")).resolve("agent-" + id.substring(0, 8) + ".jsonl");
                try (BufferedWriter out = Files.newBufferedWriter(sub)) {
                    turns(out, id, 50, true);
                }
            }
            if (session % 20 == 0) {
                String fork = uuid();
                try (BufferedWriter out = Files.newBufferedWriter(project.resolve(fork + ".jsonl"))) {
                    for (String line : Files.readAllLines(file)) {
                        if (line.contains("\"uuid\"")) {
                            line(out, line.replace(id, fork));
                        }
                    }
                    line(out, "{\"type\":\"queue-operation\",\"operation\":\"enqueue\",\"timestamp\":\"" + time + "\",\"sessionId\":\"" + fork + "\"}");
                    turns(out, fork, 20, false);
                }
            }
        }
    }

    private void turns(BufferedWriter out, String session, int turns, boolean side) throws IOException {
        String model = MODELS[random.nextInt(MODELS.length)];
        for (int turn = 0; turn < turns; turn++) {
            String message = "msg_" + uuid().replace("-", "").substring(0, 24);
            int lines = 1 + random.nextInt(3);
            for (int i = 1; i <= lines; i++) {
                time = time.plusMillis(500 + random.nextInt(3000));
                line(out, head(session, side) + ",\"message\":{\"model\":\"" + model + "\",\"id\":\"" + message + "\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[{"
                        + "\"type\":\"text\",\"text\":\"" + some(1500) + "\"}],\"stop_reason\":\"tool_use\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":" + random.nextInt(9)
                        + ",\"cache_creation_input_tokens\":" + turn * 10 + ",\"cache_read_input_tokens\":" + turn * 700 + ",\"output_tokens\":" + (i == lines ? 300 : i)
                        + ",\"server_tool_use\":{\"web_search_requests\":0,\"web_fetch_requests\":0},\"service_tier\":\"standard\",\"cache_creation\":{\"ephemeral_1h_input_tokens\":"
                        + turn * 10 + ",\"ephemeral_5m_input_tokens\":0},\"inference_geo\":\"not_available\",\"speed\":\"standard\"}},\"requestId\":\"req_" + turn
                        + "\",\"type\":\"assistant\",\"uuid\":\"" + uuid() + "\",\"timestamp\":\"" + time + "\"}");
            }
            time = time.plusMillis(100 + random.nextInt(20_000));
            String said = some(12_000);
            line(out, head(session, side) + ",\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":[{\"tool_use_id\":\"toolu_" + turn + "\",\"type\":\"tool_result\",\"content\":\""
                    + said + "\"}]},\"uuid\":\"" + uuid() + "\",\"timestamp\":\"" + time + "\",\"toolUseResult\":{\"stdout\":\"" + said
                    + "\",\"stderr\":\"\",\"interrupted\":false}}");
        }
    }

    private String head(String session, boolean side) {
        return "{\"parentUuid\":\"" + uuid() + "\",\"isSidechain\":" + side + ",\"userType\":\"external\",\"cwd\":\"/srv/project\",\"sessionId\":\"" + session
                + "\",\"version\":\"2.1.300\",\"gitBranch\":\"main\"";
    }

    private void line(BufferedWriter out, String line) throws IOException {
        out.write(line);
        out.write('\n');
        written += line.length() + 1;
    }
}
