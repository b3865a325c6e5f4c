package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of the page deliver is stored as their own account has it. */
class FleetTest {
    @TempDir
    private Path dir;

    @Test
    void theAccountOfAFleetIsWhatTheStoreHolds() throws Exception {
        Fleet fleet = new Fleet(1, Instant.now());
        Home home = new Home(dir);
        fleet.drop(home);
        home.drain();

        assertThat(home.query("SELECT count(*) FROM tasks")).containsExactly("" + Fleet.TASKS);
        assertThat(home.query("SELECT count(*) FROM sessions WHERE session_id <> 'tac8'")).containsExactly("" + fleet.sessions());
        assertThat(home.query("SELECT count(*) FROM events WHERE session_id <> 'tac8'")).containsExactly("" + fleet.events().size());
        assertThat(home.query("SELECT task_id, title, status, issue_number, pr_number FROM tasks ORDER BY issue_number")).isEqualTo(fleet.tasks().stream()
                .map(task -> task.id() + "|" + task.title() + "|" + task.status() + "|" + task.issue() + "|" + task.pullRequest()).toList());
        assertThat(home.query("SELECT worker_id, task_id, status FROM workers ORDER BY 1")).containsExactlyInAnyOrderElementsOf(fleet.workers().stream()
                .map(worker -> worker.id() + "|" + worker.task() + "|" + worker.status()).toList());
        Fleet.Sum sum = fleet.sum();
        assertThat(home.query("SELECT count(*), sum(estimated_cost_usd IS NULL), sum(tokens_total) FROM api_calls"))
                .containsExactly(sum.calls() + "|" + sum.without() + "|" + sum.tokens());
        assertThat(home.query("SELECT estimated_cost_usd FROM api_calls WHERE estimated_cost_usd IS NOT NULL").stream().map(BigDecimal::new)
                .reduce(BigDecimal.ZERO, BigDecimal::add)).isEqualByComparingTo(sum.cost());
        assertThat(home.quarantined()).hasSize(1);
        assertThat(fleet.byDay(ZoneOffset.UTC).size()).isGreaterThan(20);
        assertThat(fleet.tasks()).extracting(Fleet.Task::status).contains("detected", "active", "completed", "failed");
        assertThat(fleet.workers()).allSatisfy(worker -> assertThat(home.path("logs").resolve(worker.log())).exists());
    }

    @Test
    void everyHostileTextIsARecord() throws Exception {
        Home home = new Home(dir);
        Hostile.drop(home, Instant.now());
        home.drain();

        assertThat(home.query("SELECT count(*) FROM tasks")).containsExactly("" + Hostile.TEXTS.size());
        assertThat(home.query("SELECT count(*) FROM api_calls")).containsExactly("" + Hostile.TEXTS.size());
        assertThat(home.query("SELECT count(*) FROM events WHERE session_id <> 'tac8'")).containsExactly("" + 4 * Hostile.TEXTS.size());
        assertThat(home.quarantined()).hasSize(2);
    }
}
