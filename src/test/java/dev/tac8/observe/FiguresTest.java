package dev.tac8.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    @Test
    void aRunThatFailedAndOneThatIsMissedForHoursAreTrouble() {
        Figures.Report good = new Figures.Report(NOW.minusSeconds(60), "Archived 3 rows", false);
        Figures.Report bad = new Figures.Report(NOW.minusSeconds(60), "the archive cannot be used", true);

        assertThat(Figures.archive(null, NOW, null)).isEqualTo(Finding.well("nothing is overdue"));
        assertThat(Figures.archive(NOW.minusSeconds(7000), NOW, good)).isEqualTo(Finding.well("nothing is overdue; 2026-11-29T11:59:00Z: Archived 3 rows"));
        assertThat(Figures.archive(NOW.minusSeconds(7300), NOW, good).sentence()).startsWith("rows are older than tac8.archive.keep-days allows since ");
        assertThat(Figures.archive(NOW.minusSeconds(7300), NOW, good).isWell()).isFalse();
        assertThat(Figures.archive(null, NOW, bad).isWell()).isFalse();
        assertThat(Figures.archive(null, NOW, bad).sentence()).contains("2026-11-29T11:59:00Z: the archive cannot be used");
    }

    @Test
    void anEdgeAsksNoStoreThatItDoesNotHave() {
        assertThat(new Figures(Path.of("spool"), () -> "closed", true).asksExternal()).isTrue();
        assertThat(new Figures(Path.of("spool"), () -> "closed", false).asksExternal()).isFalse();
    }

    @Test
    void rowsThatStayInTheLocalStoreAlthoughTheExternalOneWorksAreTrouble() {
        assertThat(Figures.failback(0, null, NOW, null)).isEqualTo(Finding.well("nothing waits"));
        assertThat(Figures.failback(5, null, NOW, null)).isEqualTo(Finding.well("5 rows on the way home from the local store"));
        assertThat(Figures.failback(1, NOW.minusSeconds(610), NOW, null).sentence()).startsWith("1 row stays in the local store");
        assertThat(Figures.failback(5, NOW.minusSeconds(590), NOW, null).isWell()).isTrue();
        assertThat(Figures.failback(5, NOW.minusSeconds(610), NOW, null).isWell()).isFalse();
    }
}
