package dev.tac8.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final Pace pace = new Pace();

    @Test
    void looksAtAFolderWithoutNamesAtEachPoll() {
        pace.foundNothing(0);

        assertThat(pace.isDue()).isTrue();
    }

    @Test
    void restsLongerTheMoreNamesThereAre() {
        pace.foundNothing(10_000_000);
        assertThat(pace.isDue()).isFalse();

        pace.foundNothing(100);
        Awaitility.await().until(pace::isDue);
    }

    @Test
    void looksAgainAtOnceWhileThereIsWork() {
        pace.foundNothing(10_000_000);
        pace.foundWork();

        assertThat(pace.isDue()).isTrue();
    }
}
