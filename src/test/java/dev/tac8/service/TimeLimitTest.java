package dev.tac8.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tac8.store.StoreException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of a disk that does not answer. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TimeLimitTest {
    private final TimeLimit timeLimit = new TimeLimit(Duration.ofSeconds(3), Duration.ofMillis(100), "its disk hangs, or another program keeps it locked");
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch second = new CountDownLatch(1);

    @AfterEach
    void answer() {
        first.countDown();
        second.countDown();
        callers.shutdownNow();
    }

    @Test
    void beginsNoCallWhileAnyIsStuckHoweverManyWereBegunBefore() throws Exception {
        Future<String> ingest = callers.submit(() -> messageOf(first));
        Future<String> reconcile = callers.submit(() -> messageOf(second));
        assertThat(ingest.get()).contains("its disk hangs, or another program keeps it locked");
        assertThat(reconcile.get()).contains("its disk hangs, or another program keeps it locked");
        second.countDown();

        assertThatThrownBy(() -> timeLimit.call(() -> "asked")).isInstanceOf(StoreException.class);
        assertThat(timeLimit.stuckFor()).isPositive();
        first.countDown();
        await().until(() -> timeLimit.stuckFor().isZero());
        assertThat(timeLimit.call(() -> "asked")).isEqualTo("asked");
    }

    @Test
    void saysInTheSameWordsHoweverLongItLastsThatTheDiskHangs() {
        assertThat(messageOf(first)).isEqualTo("the external store has not answered for 3 s: its disk hangs, or another program keeps it locked");

        assertThat(messageOf(first)).isEqualTo("the external store still does not answer: its disk hangs, or another program keeps it locked");
    }

    private String messageOf(CountDownLatch answer) {
        try {
            return timeLimit.call(() -> {
                answer.await();
                return "answered";
            });
        } catch (Exception e) {
            return e.getMessage();
        }
    }
}
