package dev.tac8.page;

import dev.tac8.page.Picture.Label;
import dev.tac8.page.Picture.Lane;
import dev.tac8.page.Picture.Mark;
import dev.tac8.query.Sheet;
import dev.tac8.query.Table;
import dev.tac8.text.Text;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Draws a task's life from what {@code ./tac8 task} and {@code ./tac8 why} say of it. */
final class Life {
    private static final double TOGETHER = 1.5;
    private static final int MOST_LANES = 150;
    /** With more of them a lane has no words of its own. */
    private static final int MOST_LABELLED = 30;
    private static final int LANE = 46;
    private static final int PLAIN_LANE = 14;
    private static final int THICKEST = 22;
    private static final int THINNEST = 3;
    private static final int LABEL_LINES = 4;
    private static final int LABEL_CHARACTERS = 58;
    private static final double LETTER = 0.66;
    private static final int TITLE_CHARACTERS = 300;
    /** What is most telling first: it names several marks that lie on each other. */
    private static final List<String> KINDS = List.of("failed", "error", "completed", "warning", "decision", "detected", "trigger", "active", "event");

    private final Request request;
    private final Sheet.Part task;
    private final Sheet.Part attempts;
    private final Sheet.Part story;
    private final List<Attempt> lanes = new ArrayList<>();
    private final Map<String, Attempt> byWorker = new HashMap<>();
    private final boolean isTaskFailed;
    private final boolean isOver;
    private TimeScale scale;

    /** An attempt: its end is null if it is not on record. */
    private static final class Attempt {
        private final Cells cells;
        private final Instant begin;
        private Instant end;
        private Instant last;
        private final List<Happened> happened = new ArrayList<>();

        Attempt(Cells cells) {
            this.cells = cells;
            this.begin = cells.time("spawned_at");
            this.last = begin;
        }
    }

    private record Happened(int number, Instant time, String kind, String text) {
    }

    /** @param lastCalls when workers that have no end on record called last */
    Life(Request request, Sheet task, Sheet story, Map<String, Instant> lastCalls) {
        this.request = request;
        this.task = task.part("task");
        this.attempts = task.part("workers");
        this.story = story.part("story");
        Cells row = new Cells(this.task, 0);
        isTaskFailed = "failed".equals(row.word("status"));
        isOver = isTaskFailed || "completed".equals(row.word("status"));
        for (int i = 0; i < attempts.rows().size(); i++) {
            Attempt attempt = new Attempt(new Cells(attempts, i));
            byWorker.put(attempt.cells.word("worker_id"), attempt);
            if (attempt.begin != null) {
                lanes.add(attempt);
            }
            Instant call = lastCalls.get(attempt.cells.word("worker_id"));
            attempt.last = call != null && (attempt.last == null || call.isAfter(attempt.last)) ? call : attempt.last;
        }
    }

    /** The picture; null if nothing of it has a time. */
    Picture draw() {
        List<Happened> ofTask = new ArrayList<>();
        List<TimeScale.Span> spans = new ArrayList<>();
        for (int row = 0; row < story.rows().size(); row++) {
            Cells cells = new Cells(story, row);
            Instant time = cells.time("timestamp");
            Attempt attempt = byWorker.get(cells.word("worker_id"));
            if (time == null) {
                continue;
            }
            spans.add(new TimeScale.Span(time, time));
            boolean isEvent = Story.isEvent(cells);
            if (attempt != null && cells.stored("calls") != null) {
                attempt.end = time;
            }
            if (attempt != null && attempt.begin != null) {
                attempt.last = time.isAfter(attempt.last) ? time : attempt.last;
                if (isEvent) {
                    attempt.happened.add(new Happened(row + 1, time, kind(cells, true), title(cells)));
                }
            } else {
                ofTask.add(new Happened(row + 1, time, kind(cells, isEvent), title(cells)));
            }
        }
        boolean isRunning = !isOver && lanes.stream().anyMatch(attempt -> attempt.end == null);
        Instant now = isRunning ? request.now() : null;
        for (Attempt attempt : lanes) {
            Instant end = attempt.end != null ? attempt.end : attempt.last;
            spans.add(new TimeScale.Span(attempt.begin, end.isBefore(attempt.begin) ? attempt.begin : end));
        }
        if (spans.isEmpty()) {
            return null;
        }
        if (isRunning) {
            spans.add(new TimeScale.Span(now, now));
        }
        scale = new TimeScale(spans);
        List<Mark> marks = together(ofTask);
        List<Label> labels = new ArrayList<>();
        int lines = label(ofTask, labels);
        boolean isLabelled = lanes.size() <= MOST_LABELLED;
        int top = Picture.TASK + 18 + lines * Picture.LINE;
        double mostCost = lanes.stream().mapToDouble(attempt -> attempt.cells.number("cost_usd")).max().orElse(0);
        List<Lane> drawn = new ArrayList<>();
        for (Attempt attempt : lanes.subList(0, Math.min(lanes.size(), MOST_LANES))) {
            int y = top + drawn.size() * (isLabelled ? LANE : PLAIN_LANE) + (isLabelled ? 30 : 7);
            drawn.add(lane(attempt, y, mostCost, isLabelled, now));
        }
        int height = top + drawn.size() * (isLabelled ? LANE : PLAIN_LANE) + 6;
        return new Picture(height, words(), scale.ticks(request.zone()), scale.gaps(), marks, labels, lines, drawn, now == null ? null : Picture.percent(scale.at(now)),
                lanes.size() - drawn.size());
    }

    private Lane lane(Attempt attempt, int y, double mostCost, boolean isLabelled, Instant now) {
        Cells cells = attempt.cells;
        boolean isOpen = attempt.end == null;
        Instant end = !isOpen ? attempt.end : now != null ? now : attempt.last;
        double from = scale.at(attempt.begin);
        double to = Math.max(from + 0.3, scale.at(end.isBefore(attempt.begin) ? attempt.begin : end));
        double cost = cells.number("cost_usd");
        int most = isLabelled ? THICKEST : PLAIN_LANE - 4;
        int height = mostCost <= 0 ? THINNEST : (int) Math.round(Math.max(THINNEST, most * Math.max(0, cost) / mostCost));
        String status = cells.text("status");
        String kind = isOpen && !isOver ? "running" : List.of("completed", "failed").contains(status) ? status : "unknown";
        String worker = cells.text("worker_id");
        String said = kind.equals("running") ? "running" : kind.equals("unknown") ? "end not on record" : status;
        String number = "attempt " + (lanes.indexOf(attempt) + 1);
        String money = cells.stored("cost_usd") == null && cells.number("calls") == 0 ? "no call" : cells.text("cost_usd");
        String took = cells.text("minutes").isEmpty() ? isOpen ? Table.duration(Duration.between(attempt.begin, end).toMillis() / 1000.0) + " so far" : ""
                : cells.text("minutes");
        String exit = cells.text("exit_code").isEmpty() ? "" : "exit " + cells.text("exit_code");
        String label = joined(number, Text.cut(worker, 30), said, took, money, exit);
        boolean isLeft = from < 45;
        boolean isWasted = isTaskFailed || status.equals("failed");
        return new Lane(y, Picture.percent(from), Picture.percent(to - from), height, kind, isWasted, isOpen, Picture.percent(isLeft ? from : to), isLeft ? "start" : "end",
                isLabelled ? label : null, joined(Text.cut(worker, 16), money, said), Request.link("/worker", "id", cells.stored("worker_id")),
                joined(number, worker, said, took, money, exit, isWasted ? "wasted" : ""), together(attempt.happened));
    }

    private static String joined(String... words) {
        return Stream.of(words).filter(word -> !word.isEmpty()).collect(Collectors.joining(" · "));
    }

    /** What would lie on each other is one mark. */
    private List<Mark> together(List<Happened> happened) {
        List<Mark> marks = new ArrayList<>();
        List<Happened> near = new ArrayList<>();
        for (Happened one : happened.stream().sorted(Comparator.comparing(Happened::time)).toList()) {
            if (!near.isEmpty() && scale.at(one.time) - scale.at(near.get(0).time) > TOGETHER) {
                marks.add(mark(near));
                near.clear();
            }
            near.add(one);
        }
        if (!near.isEmpty()) {
            marks.add(mark(near));
        }
        return marks;
    }

    private Mark mark(List<Happened> near) {
        Happened first = near.stream().min(Comparator.comparing(one -> KINDS.indexOf(one.kind))).orElseThrow();
        String title = near.size() == 1 ? first.text : near.size() + " things, among them " + first.text;
        return new Mark(Picture.percent(scale.at(first.time)), first.kind, near.size(), Story.linkTo(request, first.number), Text.cut(title, TITLE_CHARACTERS));
    }

    /** Puts words beside what tells most, each on the first line that has room for it; those that find none are left to the story. */
    private int label(List<Happened> ofTask, List<Label> labels) {
        double[] taken = new double[LABEL_LINES];
        int lines = 0;
        for (Happened one : ofTask.stream().filter(one -> !List.of("event", "active").contains(one.kind)).sorted(Comparator.comparing(Happened::time)).toList()) {
            String text = Text.cut(one.text.substring(one.text.indexOf(' ') + 1), LABEL_CHARACTERS);
            double at = scale.at(one.time);
            double length = Text.width(text) * LETTER;
            boolean isEnd = at + length > 100;
            double from = isEnd ? at - length : at;
            for (int line = 0; line < LABEL_LINES; line++) {
                if (taken[line] <= from) {
                    taken[line] = isEnd ? 1000 : at + length + 1;
                    labels.add(new Label(Picture.percent(at), Picture.TASK + 20 + line * Picture.LINE, isEnd ? "end" : "start", text));
                    lines = Math.max(lines, line + 1);
                    break;
                }
            }
        }
        return lines;
    }

    private static String kind(Cells cells, boolean isEvent) {
        String what = cells.word("what");
        String severity = cells.word("severity");
        if (isEvent && ("error".equals(severity) || "warning".equals(severity))) {
            return severity;
        }
        return KINDS.contains(what) ? what : "event";
    }

    private static String title(Cells cells) {
        String time = cells.text("timestamp");
        return time.substring(time.indexOf(' ') + 1) + " " + cells.text("what") + ": " + cells.text("story");
    }

    private String words() {
        Cells row = new Cells(task, 0);
        long failed = lanes.stream().filter(attempt -> "failed".equals(attempt.cells.word("status"))).count();
        return "The task " + row.text("task_id") + " is " + row.text("status") + ". " + (lanes.isEmpty() ? "No worker is on record." : lanes.size()
                + (lanes.size() == 1 ? " attempt" : " attempts") + (failed > 0 ? ", " + failed + " failed" : "") + ".")
                + " The story and the attempts stand below as tables.";
    }
}
