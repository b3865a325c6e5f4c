package dev.tac8.conversation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.conversation.Conversation.Look;
import dev.tac8.conversation.Entry.Message;
import dev.tac8.conversation.Entry.Note;
import dev.tac8.text.Text;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A conversation for a person: what was said in full, and each tool call, result and thought on a line. */
final class TextPrinter implements Predicate<Entry> {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu-MM-dd");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final int LEAST_WIDTH = 40;
    private static final int NAME_WIDTH = 30;
    private static final String SUB_AGENT_INDENT = "    ";
    /** The arguments of a tool that say most about what it does; the first that is there is shown. */
    private static final List<String> TELLING = List.of("command", "file_path", "notebook_path", "path", "pattern", "query", "url",
            "description", "subject", "skill", "prompt", "task_id", "shell_id", "bash_id", "name", "id");

    private static final String BOLD = "1";
    private static final String DIM = "2";
    private static final String RED = "31";
    private static final String GREEN = "32";
    private static final String CYAN = "36";

    private final Look look;
    private final PrintWriter out;
    private final int width;
    private LocalDate day;
    private boolean begun;
    private String indent = "";

    TextPrinter(Look look, PrintWriter out) {
        this.look = look;
        this.out = out;
        this.width = Math.max(look.width(), LEAST_WIDTH);
    }

    @Override
    public boolean test(Entry entry) {
        if (entry instanceof Message message) {
            print(message);
        } else if (entry instanceof Note note) {
            print(note);
        }
        return !out.checkError();
    }

    private void print(Message message) {
        indent = message.agent() == null ? "" : SUB_AGENT_INDENT;
        if (!message.role().equals("tool")) {
            header(message);
        }
        message.parts().forEach(part -> print(part, message.error()));
    }

    private void header(Message message) {
        String time = timeOf(message);
        line("");
        StringJoiner head = new StringJoiner("  ");
        head.add("──");
        if (time != null) {
            head.add(time);
        }
        head.add(message.agent() == null ? message.role() : (message.role() + ", sub-agent " + fold(message.agent(), NAME_WIDTH)).strip());
        if (message.model() != null) {
            head.add(fold(message.model(), NAME_WIDTH));
        }
        if (message.remark() != null) {
            head.add("(" + message.remark() + ")");
        }
        if (message.error()) {
            head.add("error");
        }
        String tokens = message.tokens().isNone() ? "" : "  " + inWords(message.tokens());
        int room = width - indent.length();
        String text = Text.cut(head.toString(), room);
        boolean together = Text.width(text + tokens) <= room;
        text += (together ? tokens : "") + "  ";
        line(paint(message.error() ? RED : message.role().equals("user") ? GREEN : CYAN,
                (text + "─".repeat(Math.max(room - Text.width(text), 0))).stripTrailing()));
        if (!together) {
            line("  " + fold(tokens, room - 2));
        }
    }

    private void print(Part part, boolean error) {
        if (part instanceof Part.Text text) {
            Layout.wrap(text.text(), width - indent.length() - 4, line -> line(line.isEmpty() ? "" : "    " + paint(error ? RED : null, line)));
        } else if (part instanceof Part.Thinking thinking) {
            line(paint(DIM, "  ~ " + (thinking.text() == null ? "(a hidden thought)" : fold(thinking.text(), rest(4)))));
        } else if (part instanceof Part.ToolCall call) {
            String name = fold(call.name(), NAME_WIDTH);
            line(("  > " + paint(BOLD, name) + "  " + fold(telling(call.input()), rest(6 + Text.width(name)))).stripTrailing());
        } else if (part instanceof Part.ToolResult result) {
            print(result);
        } else if (part instanceof Part.Attachment attachment) {
            line("  + " + fold((attachment.mediaType() == null ? attachment.kind() : attachment.mediaType())
                    + (attachment.bytes() < 0 ? "" : String.format(Locale.ROOT, ", about %,d bytes", attachment.bytes())), rest(4)));
        } else if (part instanceof Part.Unknown unknown) {
            line(paint(DIM, "  ? " + fold(unknown.kind(), rest(4))));
        }
    }

    private void print(Part.ToolResult result) {
        StringJoiner size = new StringJoiner(", ", "(", ")").setEmptyValue("");
        long lines = Layout.lines(result.text());
        if (lines > 1) {
            size.add(count(lines, "line")).add(count(result.text().codePointCount(0, result.text().length()), "character"));
        }
        if (result.attachments() > 0) {
            size.add(count(result.attachments(), "attachment"));
        }
        String first = result.text().lines().filter(line -> !line.isBlank()).findFirst().orElse("");
        String name = result.name() == null ? "" : fold(result.name(), NAME_WIDTH);
        String text = first.isEmpty() ? size.toString().isEmpty() ? "(nothing)" : ""
                : fold(first, rest(8 + Text.width(name) + size.toString().length()));
        line(paint(result.error() ? RED : DIM, Stream.of(result.error() ? "  !" : "  <", name, text, size.toString())
                .filter(word -> !word.isEmpty()).collect(Collectors.joining("  ")).replaceFirst("([!<]) ", "$1")));
    }

    private void print(Note note) {
        indent = "";
        String time = timeOf(note);
        String head = "  * " + (time == null ? "" : time + "  ") + fold(note.name(), NAME_WIDTH);
        int rest = rest(Text.width(head) + 2);
        if (!note.error() || note.text().length() <= rest && Layout.lines(note.text()) <= 1) {
            line(paint(note.error() ? RED : DIM, (head + "  " + fold(note.text(), rest)).stripTrailing()));
            return;
        }
        line(paint(RED, head));
        Layout.wrap(note.text(), width - 4, line -> line(line.isEmpty() ? "" : "    " + paint(RED, line)));
    }

    /** The time of day in the reader's zone, or null; a new day is printed first. */
    private String timeOf(Entry entry) {
        if (entry.time() == null) {
            return null;
        }
        ZonedDateTime time = entry.time().atZone(look.zone());
        if (!time.toLocalDate().equals(day)) {
            day = time.toLocalDate();
            if (begun) {
                line("");
            }
            String before = indent;
            indent = "";
            line(paint(BOLD, DAY.format(time) + "  " + look.zone().getId() + " (" + offset(time) + ")"));
            indent = before;
        }
        return TIME.format(time.truncatedTo(ChronoUnit.SECONDS));
    }

    private static String offset(ZonedDateTime time) {
        return "UTC" + (time.getOffset().getTotalSeconds() == 0 ? "" : time.getOffset().getId());
    }

    /** Says at the end what the conversation was, and what of it is not shown. */
    void end(Counts counts) {
        indent = "";
        if (out.checkError()) {
            return;
        }
        line("");
        List<String> sentences = counts.sentences();
        line(paint(BOLD, sentences.get(0)));
        sentences.subList(1, sentences.size()).forEach(this::wrapped);
        out.flush();
    }

    private void wrapped(String text) {
        Layout.wrap(text, width, this::line);
    }

    private void line(String line) {
        begun = true;
        // Not println: the output must not depend on the system.
        out.print(line.isEmpty() ? "\n" : indent + line + "\n");
    }

    private String paint(String code, String text) {
        return !look.colour() || code == null || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }

    private int rest(int taken) {
        return Math.max(width - indent.length() - taken, 10);
    }

    private static String fold(String text, int width) {
        return Layout.fold(text, width);
    }

    private static String telling(JsonNode input) {
        for (String name : TELLING) {
            JsonNode value = input.path(name);
            if (value.isTextual() && !value.textValue().isBlank()) {
                return value.textValue();
            }
        }
        return input.isMissingNode() || input.isEmpty() ? "" : input.toString();
    }

    static String inWords(Tokens tokens) {
        StringJoiner words = new StringJoiner(", ");
        add(words, tokens.input(), "in");
        add(words, tokens.output(), "out");
        add(words, tokens.cacheRead(), "cache read");
        add(words, tokens.cacheWrite(), "cache write");
        return words.toString();
    }

    private static void add(StringJoiner words, long number, String what) {
        if (number != 0) {
            words.add(number(number) + " " + what);
        }
    }

    static String count(long number, String what) {
        return number(number) + " " + what + (number == 1 ? "" : "s");
    }

    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
