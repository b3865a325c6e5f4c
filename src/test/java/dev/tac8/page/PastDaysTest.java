package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Past days are added up again when something has changed; if that takes long, they say of when they are. */
@Tag("process")
class PastDaysTest {
    private static final ZoneId ZONE = ZoneOffset.UTC;
    @TempDir
    private Path dir;
    private Home home;
    private Settings settings;

    @BeforeEach
    void storeACall() throws Exception {
        home = new Home(dir);
        settings = Settings.load(dir, Map.of(), Map.of());
        store("2026-11-02", "0.25");
    }

    private void store(String day, String cost) throws Exception {
        Path file = dir.resolve("call-of-" + day + "-for-" + cost + ".jsonl");
        Files.writeString(file, "{\"type\":\"api_call\",\"id\":\"of " + day + "\",\"timestamp\":\"" + day + "T10:00:00Z\",\"session_id\":\"s\",\"task_id\":\"t\",\"worker_id\":\"w\",\"model\":\"m\",\"estimated_cost_usd\":" + cost + "}\n");
        assertThat(home.run("ingest", file.toString()).exitCode()).isZero();
    }

    private PastDays.Found ask(PastDays past) throws Exception {
        SortedSet<LocalDate> days = new TreeSet<>(LocalDate.parse("2026-11-01").datesUntil(LocalDate.parse("2026-11-30")).toList());
        String state = Stores.use(settings, Spending.reach(days, ZONE), Stores::state);
        return past.ask(settings, state, days, ZONE);
    }

    @Test
    void whatTakesLittleIsAlwaysOfNow() throws Exception {
        PastDays past = new PastDays(Long.MAX_VALUE, 0);
        assertThat(ask(past).spending().sum().text()).isEqualTo("$0.2500");

        store("2026-11-12", "0.5");

        assertThat(ask(past).spending().sum().text()).isEqualTo("$0.7500");
        assertThat(ask(past).asOf()).isNull();
        // Another cost of a call that is there adds no row.
        store("2026-11-02", "0.75");
        assertThat(ask(past).spending().sum().text()).isEqualTo("$1.25");
    }

    @Test
    void whatTakesLongSaysOfWhenItIs() throws Exception {
        PastDays past = new PastDays(0, Long.MAX_VALUE);
        assertThat(ask(past).asOf()).isNull();

        store("2026-11-12", "0.5");

        assertThat(ask(past).spending().sum().text()).isEqualTo("$0.2500");
        assertThat(ask(past).asOf()).isNotNull();
    }

    @Test
    void itIsOfNowAgainAfterAWhile() throws Exception {
        PastDays past = new PastDays(0, 0);
        ask(past);

        store("2026-11-12", "0.5");

        assertThat(ask(past).spending().sum().text()).isEqualTo("$0.7500");
        assertThat(ask(past).asOf()).isNull();
    }
}
