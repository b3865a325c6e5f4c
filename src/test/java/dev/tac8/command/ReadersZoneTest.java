package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.Home;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** In what zone a process shows days, by its environment. */
@Tag("process")
@EnabledOnOs(OS.LINUX)
class ReadersZoneTest {
    @TempDir
    private Path dir;
    private Home home;

    @BeforeEach
    void store() {
        home = new Home(dir);
        Path store = Reader.store(dir.resolve("var/external"));
        Reader.insert(store, "sessions", Map.of("session_id", "s1", "started_at", "2026-11-20T20:00:00.000Z"));
        Reader.insert(store, "workers", Map.of("worker_id", "w1", "session_id", "s1", "task_id", "unknown", "spawned_at", "2026-11-20T20:00:00.000Z",
                "status", "spawned"));
        Reader.insert(store, "api_calls", Map.of("worker_id", "w1", "timestamp", "2026-11-20T20:00:00.000Z", "model", "m",
                "estimated_cost_usd", 1.0, "record_id", "c1"));
    }

    @Test
    void aDoubtAboutItIsSaidInEveryForm() throws Exception {
        String doubt = "the time zone Mars/Phobos is not known here, so all days and times are those of UTC";

        ProcessBuilder json = home.command(List.of(), "cost", "--by", "day", "--json");
        json.environment().put("TZ", "Mars/Phobos");
        assertThat(JsonMapper.builder().build().readTree(printed(json)).get("remarks").toString()).contains(doubt);
        ProcessBuilder csv = home.command(List.of(), "cost", "--by", "day", "--csv");
        csv.environment().put("TZ", "Mars/Phobos");
        assertThat(printed(csv)).contains("tac8: " + doubt);
        ProcessBuilder text = home.command(List.of(), "cost", "--by", "day");
        text.environment().put("TZ", "Mars/Phobos");
        assertThat(printed(text)).contains("tac8: " + doubt, "Days are those of UTC.");
    }

    /** As a container has it whose host's zone is mounted over what its own localtime leads to. */
    @Test
    void isThatOfTheFileThatIsMountedOverWhatLocaltimeLeadsTo() throws Exception {
        ProcessBuilder cost = home.command(List.of(), "cost", "--by", "day");
        List<String> inside = new ArrayList<>(List.of("unshare", "-m", "--propagation", "private", "sh", "-c",
                "mount --bind /usr/share/zoneinfo/Asia/Kolkata \"$(readlink -f /etc/localtime)\" && exec \"$@\"", "sh"));
        inside.addAll(cost.command());
        cost.command(inside).environment().remove("TZ");
        String said = printed(cost);
        if (said.contains("unshare: ") || said.contains("mount: ")) {
            String sentence = "skipped, as files can be mounted only by root and where there is unshare: " + said;
            System.out.println(sentence);
            Assumptions.abort(sentence);
        }
        assertThat(said).as("half past one of the next day there").contains("2026-11-21").containsPattern("Days are those of Asia/(Calcutta|Kolkata)");
    }

    private static String printed(ProcessBuilder command) throws Exception {
        Process process = command.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
