package dev.tac8.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;

/**
 * Lines that three coordinators with eight workers each might write, the same ones for the same seed: every worker has a task,
 * makes about sixty calls and thirty-five events, and ends; every session ends after some forty thousand records.
 */
public final class Corpus {
    private static final DateTimeFormatter STORED = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final Instant BEGIN = Instant.parse("2026-11-02T08:00:00Z");
    private static final int COORDINATORS = 3;
    private static final int WORKERS = 8;
    private static final int SESSION_RECORDS = 40_000;
    private static final List<String> MODELS = List.of("claude-sonnet-4-5", "claude-opus-4-5", "claude-haiku-4-5");
    private static final List<String> EVENT_TYPES = List.of("trigger", "decision", "decision", "worktree", "tool_use", "tool_use",
            "test_run", "error");
    private static final List<String> MESSAGES = List.of(
            "Selected the existing retry helper over a new dependency: it already covers time-outs and is tested",
            "Ran the unit tests of the changed module: 212 passed, 0 failed, 3 skipped",
            "Edited the parser so that a trailing comma after the last argument is accepted",
            "The build failed: cannot find symbol \\\"RetryPolicy\\\" in package net.client; looking at the imports",
            "Created the worktree from origin/main and checked out a branch for the task",
            "Split the change in two commits, the refactoring first \u2014 the reviewers asked for that last time",
            "Waiting for the lock of another worker on the same worktree",
            "Read 14 files under src/main and found two callers of the deprecated method\\nBoth can move to the new one");
    private static final List<String> PATHS = List.of("src/main/java/net/client/Retry.java", "src/parser/arguments.py",
            "web/components/Timeline.tsx", "docs/operating.md", "tests/test_reconcile.py");

    /** Between two records, on average: as fast as so many workers are when all of them are busy. */
    private static final int STEP_MILLISECONDS = 200;

    private final Random random;
    private final int stepMilliseconds;
    private final List<Coordinator> coordinators = new ArrayList<>();
    private final StringBuilder line = new StringBuilder(512);
    private long now;
    private int issues = 100;

    Corpus(long seed) {
        this(seed, STEP_MILLISECONDS);
    }

    /** The same records with so much time between each two, on average. */
    Corpus(long seed, int stepMilliseconds) {
        this(seed, stepMilliseconds, BEGIN);
    }

    /** The same from a time of one's own. */
    public Corpus(long seed, int stepMilliseconds, Instant begin) {
        this.stepMilliseconds = stepMilliseconds;
        now = begin.toEpochMilli();
        random = new Random(seed);
        for (int i = 0; i < COORDINATORS; i++) {
            coordinators.add(new Coordinator());
        }
    }

    /** Writes the next so many lines to a new file. */
    public void write(Path file, long lines) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            for (long i = 0; i < lines; i++) {
                out.write(next().getBytes(StandardCharsets.UTF_8));
                out.write('\n');
            }
        }
    }

    /** The next line, without its LF. */
    String next() {
        now += 1 + random.nextInt(2 * stepMilliseconds);
        return coordinators.get(random.nextInt(COORDINATORS)).next();
    }

    private StringBuilder begin(String type) {
        line.setLength(0);
        return line.append("{\"type\":\"").append(type).append("\",\"timestamp\":\"").append(STORED.format(Instant.ofEpochMilli(now)))
                .append("\",\"id\":\"").append(id()).append('"');
    }

    private void text(String field, String value) {
        line.append(",\"").append(field).append("\":\"").append(value).append('"');
    }

    private void number(String field, Object value) {
        line.append(",\"").append(field).append("\":").append(value);
    }

    private String end() {
        return line.append('}').toString();
    }

    /** As a UUIDv7: its first half grows with time. */
    private UUID id() {
        return new UUID(now << 16 | 0x7000 | random.nextInt(0x1000), random.nextLong() >>> 2 | 1L << 63);
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private String decimal(int below, int decimals) {
        int scale = (int) Math.pow(10, decimals);
        // An odd last digit: never a trailing zero, so that every rival writes the number alike.
        return random.nextInt(below) + "." + String.valueOf(scale + (random.nextInt(scale) | 1)).substring(1);
    }

    private final class Coordinator {
        private final List<Slot> slots = new ArrayList<>();
        private String session;
        private int records;

        String next() {
            if (session == null) {
                session = "s-" + now + "-" + Integer.toHexString(random.nextInt(0x10000));
                records = 0;
                slots.clear();
                for (int i = 0; i < WORKERS; i++) {
                    slots.add(new Slot());
                }
                begin("session");
                text("session_id", session);
                text("status", "started");
                text("git_commit", Long.toHexString(random.nextLong() | 1L << 63));
                number("config", "{\"max_workers\":8,\"labels\":[\"bug\",\"tac8\"],\"budget_usd\":250}");
                return end();
            }
            if (++records == SESSION_RECORDS) {
                begin("session");
                text("session_id", session);
                text("status", "ended");
                text("exit_reason", "normal");
                session = null;
                return end();
            }
            return any(slots).next(session);
        }
    }

    /** Where one worker after the other works. */
    private final class Slot {
        private final Queue<String> lifecycle = new ArrayDeque<>();
        private String task;
        private String worker;
        private int pid;
        private int turns;

        String next(String session) {
            if (turns > 0) {
                turns--;
                return random.nextInt(100) < 63 ? call(session) : event(session);
            }
            if (lifecycle.isEmpty()) {
                task = "gh-" + ++issues;
                lifecycle.addAll(List.of("task detected", "task active", "worker spawned"));
                if (random.nextInt(6) == 0) {
                    lifecycle.addAll(List.of("worker failed", "worker spawned"));
                }
                lifecycle.addAll(List.of("worker completed", random.nextInt(10) == 0 ? "task failed" : "task completed"));
            }
            String[] step = lifecycle.remove().split(" ");
            return step[0].equals("task") ? task(session, step[1]) : worker(session, step[1]);
        }

        private String task(String session, String status) {
            begin("task");
            text("session_id", session);
            text("task_id", task);
            text("status", status);
            if (status.equals("detected")) {
                number("issue_number", task.substring(3));
                text("title", "A trailing comma in a call is refused, issue " + task.substring(3));
            } else if (status.equals("completed")) {
                number("pr_number", 100_000 + random.nextInt(100_000));
            }
            return end();
        }

        private String worker(String session, String status) {
            boolean spawned = status.equals("spawned");
            if (spawned) {
                worker = "w-" + Long.toHexString(random.nextLong() >>> 16 | 1L << 47);
                pid = 1000 + random.nextInt(60_000);
                turns = 40 + random.nextInt(110);
            }
            begin("worker");
            text("session_id", session);
            text("worker_id", worker);
            text("task_id", task);
            text("status", status);
            number("pid", pid);
            if (spawned) {
                text("log_file", "logs/" + worker + ".jsonl");
            } else {
                number("exit_code", status.equals("failed") ? 1 : 0);
            }
            return end();
        }

        private String call(String session) {
            begin("api_call");
            text("session_id", session);
            text("task_id", task);
            text("worker_id", worker);
            text("model", any(MODELS));
            number("tokens_input", 20 + random.nextInt(4000));
            number("tokens_output", 10 + random.nextInt(2000));
            number("cache_read_tokens", random.nextInt(120_000));
            if (random.nextInt(3) == 0) {
                number("cache_write_5m_tokens", random.nextInt(6000));
            }
            number("estimated_cost_usd", decimal(1, 6));
            number("duration_ms", decimal(30_000, 1));
            if (random.nextInt(50) == 0) {
                number("success", false);
            }
            return end();
        }

        private String event(String session) {
            String type = any(EVENT_TYPES);
            begin("event");
            text("session_id", session);
            text("event_type", type);
            text("context_type", "worker");
            text("context_id", worker);
            text("severity", type.equals("error") ? "error" : random.nextInt(8) == 0 ? "warning" : "info");
            text("message", any(MESSAGES));
            if (random.nextBoolean()) {
                number("details", "{\"path\":\"" + any(PATHS) + "\",\"attempt\":" + (1 + random.nextInt(3)) + ",\"elapsed_s\":"
                        + decimal(90, 2) + ",\"tools\":[\"Edit\",\"Bash\"]}");
            }
            return end();
        }
    }
}
